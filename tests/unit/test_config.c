/* The configuration: presets, YAML with strict keys, -s assignments, dumping, hostile files. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <nmt/config.h>
#include <nmt/number.h>

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/nmt-test-config-XXXXXX";

/* Reads n bytes as a file called c.yaml; the file's name in messages is cut to that. */
static int read_bytes(struct nmt_config *c, const char *yaml, size_t n, struct nmt_err *err)
{
    char dir[] = "/tmp/nmt-test-config-XXXXXX";
    cr_assert(ne(ptr, mkdtemp(dir), NULL));
    char file[64];
    snprintf(file, sizeof file, "%s/c.yaml", dir);
    FILE *f = fopen(file, "wb");
    cr_assert(eq(sz, fwrite(yaml, 1, n, f), n));
    fclose(f);
    int rc = nmt_config_read(c, file, err);
    unlink(file);
    rmdir(dir);
    char *name = strstr(err->msg, "c.yaml");
    if (name)
        memmove(err->msg, name, strlen(name) + 1);
    return rc;
}

static int read_text(struct nmt_config *c, const char *yaml, struct nmt_err *err)
{
    return read_bytes(c, yaml, strlen(yaml), err);
}

static struct nmt_config standard(void)
{
    struct nmt_config c;
    cr_assert(eq(int, nmt_config_preset(&c, "default", NULL), 0));
    return c;
}

static void refused(const char *yaml, const char *message)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_expect(eq(int, read_text(&c, yaml, &err), NMT_ECONFIG), "%s", yaml);
    cr_expect(eq(str, err.msg, (char *)message));
    nmt_config_release(&c);
}

Test(config, both_presets_pass_the_checks)
{
    struct nmt_config c = standard();
    cr_assert(eq(int, nmt_config_check(&c, NULL), 0));
    cr_assert(eq(long, c.model_embedding, 256));
    cr_assert(eq(str, c.data_source, ""));
    nmt_config_release(&c);
    cr_assert(eq(int, nmt_config_preset(&c, "paper", NULL), 0));
    cr_assert(eq(int, nmt_config_check(&c, NULL), 0));
    cr_assert(eq(long, c.model_state, 1000));
    cr_assert(eq(int, c.train_optimizer, NMT_ADADELTA));
    cr_assert(eq(dbl, c.train_dropout, 0));
    nmt_config_release(&c);
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_config_preset(&c, "papre", &err), NMT_ECONFIG));
    cr_assert(eq(str, err.msg, "preset: 'papre' is none of default, paper"));
    nmt_config_release(&c);
}

Test(config, values_of_every_type_are_read)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    const char *yaml = "# a comment\n"
                       "data: {source: a b.en, target: \"gr\\u00fc\\\"n\"}\n"
                       "model:\n"
                       "  cell: lstm     # a word\n"
                       "  state: 17\n"
                       "  order: 'text'\n"
                       "train:\n"
                       "  learning-rate: 2.5e-4\n"
                       "  seed: 9223372036854775807\n"
                       "vocabulary:\n"
                       "  joint: false\n";
    cr_assert(eq(int, read_text(&c, yaml, &err), 0), "%s", err.msg);
    cr_assert(eq(str, c.data_source, "a b.en"));
    cr_assert(eq(str, c.data_target, "gr\xC3\xBC\"n"));
    cr_assert(eq(int, c.model_cell, NMT_LSTM));
    cr_assert(eq(long, c.model_state, 17));
    cr_assert(eq(int, c.model_order, NMT_ORDER_TEXT));
    cr_assert(eq(dbl, c.train_learning_rate, 2.5e-4));
    cr_assert(eq(i64, c.train_seed, INT64_MAX));
    cr_assert(eq(int, c.vocabulary_joint, false));
    cr_assert(eq(long, c.model_embedding, 256));
    nmt_config_release(&c);
}

Test(config, json_is_yaml)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, read_text(&c, "{\"model\": {\"cell\": \"lstm\", \"state\": 8}}", &err), 0));
    cr_assert(eq(int, c.model_cell, NMT_LSTM));
    nmt_config_release(&c);
}

Test(config, a_preset_is_applied_before_the_rest)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, read_text(&c, "preset: paper\nmodel:\n  state: 50\n", &err), 0));
    cr_assert(eq(long, c.model_embedding, 620));
    cr_assert(eq(long, c.model_state, 50));
    nmt_config_release(&c);
    refused("model:\n  state: 50\npreset: paper\n",
            "c.yaml:3: 'preset' must come once, before the sections");
    refused("preset: paper\npreset: paper\n",
            "c.yaml:2: 'preset' must come once, before the sections");
    refused("preset: big\n", "c.yaml:1: preset: 'big' is none of default, paper");
    refused("preset: [paper]\n", "c.yaml:1: preset must be a single value");
}

Test(config, nothing_in_a_file_changes_nothing)
{
    static const char *const empty[] = {
        "",         "\n\n",        "# only this\n", "---\n",
        "train:\n", "train: {}\n", "--- \n...\n",   "\xEF\xBB\xBF{}\n",
        "{}\r\n"
    };
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        struct nmt_config c = standard();
        struct nmt_err err = NMT_ERR_INIT;
        cr_expect(eq(int, read_text(&c, empty[i], &err), 0), "%zu: %s", i, err.msg);
        cr_expect(eq(long, c.model_state, 256));
        nmt_config_release(&c);
    }
}

Test(config, mistyped_names_are_refused_with_a_suggestion)
{
    refused("train:\n  epochs: 3\n  learning-rat: 1\n",
            "c.yaml:3: unknown key 'train.learning-rat' (did you mean 'learning-rate'?)");
    refused("train:\n  learning_rate: 1\n",
            "c.yaml:2: unknown key 'train.learning_rate' (did you mean 'learning-rate'?)");
    refused("model:\n  dropout: 0\n",
            "c.yaml:2: unknown key 'model.dropout' (did you mean 'train.dropout'?)");
    refused("modle:\n  state: 1\n", "c.yaml:1: unknown section 'modle' (did you mean 'model'?)");
    refused("state: 1\n", "c.yaml:1: unknown section 'state' (did you mean 'model.state'?)");
    refused("train:\n  zzzzzz: 1\n", "c.yaml:2: unknown key 'train.zzzzzz'");
    refused("train:\n  \"\": 1\n", "c.yaml:2: unknown key 'train.'");
}

Test(config, nothing_may_be_said_twice)
{
    refused("train:\n  clip: 1\n  epochs: 3\n  clip: 2\n",
            "c.yaml:4: key 'train.clip' is given again (first on line 2)");
    refused("train:\n  clip: 1\nmodel:\n  state: 3\ntrain:\n  epochs: 2\n",
            "c.yaml:5: section 'train' is given again (first on line 1)");
}

Test(config, values_of_the_wrong_type_or_out_of_range_are_refused)
{
    refused("train:\n  epochs: many\n",
            "c.yaml:2: train.epochs: 'many' is not a whole number from 0 to 1000000");
    refused("train:\n  epochs: -1\n",
            "c.yaml:2: train.epochs: '-1' is not a whole number from 0 to 1000000");
    refused("train:\n  epochs: 1.0\n",
            "c.yaml:2: train.epochs: '1.0' is not a whole number from 0 to 1000000");
    refused("train:\n  dropout: .nan\n",
            "c.yaml:2: train.dropout: '.nan' is not a number from 0 to 0.95");
    refused("train:\n  dropout: 1\n",
            "c.yaml:2: train.dropout: '1' is not a number from 0 to 0.95");
    refused("train:\n  dropout: '0.5'\n",
            "c.yaml:2: train.dropout: '0.5' must stand without quotes");
    refused("model:\n  cell: lstn\n", "c.yaml:2: model.cell: 'lstn' is none of gru, lstm");
    refused("model:\n  cell: gru lstm\n", "c.yaml:2: model.cell: 'gru lstm' is none of gru, lstm");
    refused("vocabulary:\n  joint: yes\n",
            "c.yaml:2: vocabulary.joint: 'yes' is neither true nor false");
    refused("train:\n  seed: 9223372036854775808\n",
            "c.yaml:2: train.seed: '9223372036854775808' is not a whole number from 0 to "
            "9223372036854775807");
    /* The bound of a vocabulary file, so that no size is taken that cannot be learnt. */
    refused("vocabulary:\n  size: 4194305\n",
            "c.yaml:2: vocabulary.size: '4194305' is not a whole number from 4 to 4194304");
    refused("train:\n  clip:\n  epochs: 3\n", "c.yaml:2: train.clip has no value");
    refused("train:\n  clip: [1, 2]\n", "c.yaml:2: train.clip must be a single value");
    refused("train:\n  clip: {a: 1}\n", "c.yaml:2: train.clip must be a single value");
    refused("data:\n  source: \"a\\0b\"\n", "c.yaml:2: data.source holds a NUL");
}

Test(config, what_is_no_configuration_is_refused)
{
    refused("- train\n", "c.yaml:1: a configuration is made of sections with keys and values");
    refused("hello\n", "c.yaml:1: a configuration is made of sections with keys and values");
    refused("train: 5\n", "c.yaml:1: section 'train' must hold keys and values");
    refused("train: [1]\n", "c.yaml:1: section 'train' must hold keys and values");
    refused("? [a]\n: 1\n", "c.yaml:1: the name of a section must be a single value");
    refused("train:\n  ? {a: b}\n  : 1\n", "c.yaml:2: a key must be a single value");
    refused("{}\n---\n{}\n", "c.yaml:2: a second document begins here");
    refused("train: &a\n  clip: 1\n", "c.yaml:1: anchors and aliases are not used here");
    refused("train:\n  clip: *a\n", "c.yaml:2: anchors and aliases are not used here");
    refused("train:\n  clip: !!float 1\n", "c.yaml:2: tags are not used here");
    refused("train:\n  <<: {clip: 1}\n", "c.yaml:2: unknown key 'train.<<'");
}

Test(config, broken_yaml_is_refused_with_its_line)
{
    static const char *const broken[] = {
        "train:\n  clip: 1\n  \tepochs: 2\n",
        "train:\n  clip: \"open\n",
        "train: {clip: 1\n",
        "train:\n  clip: 1\n epochs: 2\n",
        "%YAML 3.9\n---\n{}\n",
        "train:\n\tclip: 1\n",
        "train: ]\n",
        "@: 1\n",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct nmt_config c = standard();
        struct nmt_err err = NMT_ERR_INIT;
        cr_expect(eq(int, read_text(&c, broken[i], &err), NMT_ECONFIG), "%zu", i);
        cr_expect(eq(int, strncmp(err.msg, "c.yaml:", 7), 0), "%zu: %s", i, err.msg);
        cr_expect(gt(ulong, err.at, 0));
        nmt_config_release(&c);
    }
    refused("train:\n  clip: 1 # \xff\n", "c.yaml:2: invalid UTF-8 at byte 13");
    refused("train:\n  clip: \x01\n", "c.yaml:2: control character at byte 9");
    refused("train:\n  clip: \xC2\x80\n", "c.yaml:2: control characters are not allowed");
}

Test(config, a_nul_byte_is_refused)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, read_bytes(&c, "train:\n  clip: 1\0\n", 18, &err), NMT_ECONFIG));
    cr_assert(eq(str, err.msg, "c.yaml:2: control character at byte 10"));
    nmt_config_release(&c);
}

Test(config, hostile_files_end_soon)
{
    size_t n = (size_t)1 << 20;
    char *text = malloc(n + 16);
    static const char *const fills[] = {
        "[", "{", "- ", "? ", "a: ", "\"", "&a ", "x\n", " ", "#"
    };
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        struct nmt_config c = standard();
        struct nmt_err err = NMT_ERR_INIT;
        size_t step = strlen(fills[i]);
        for (size_t k = 0; k + step < n - 2; k += step)
            memcpy(text + k, fills[i], step + 1);
        int rc = read_text(&c, text, &err);
        bool harmless = fills[i][0] == ' ' || fills[i][0] == '#';
        cr_expect(eq(int, rc, harmless ? 0 : NMT_ECONFIG), "%s: %s", fills[i], err.msg);
        nmt_config_release(&c);
    }
    memset(text, '#', n + 8);
    for (size_t k = 99; k < n + 8; k += 100)
        text[k] = '\n';
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, read_bytes(&c, text, n + 8, &err), NMT_ELIMIT));
    nmt_config_release(&c);
    free(text);
}

Test(config, a_cut_file_never_crashes_the_reader)
{
    const char *yaml = "preset: paper\ndata: {source: \"a\\u1234\", target: 'b'}\n"
                       "train:\n  clip: 0.5\n  seed: 7\nmodel:\n  cell: gru\n";
    for (size_t n = 0; n <= strlen(yaml); n++) {
        struct nmt_config c = standard();
        struct nmt_err err = NMT_ERR_INIT;
        int rc = read_bytes(&c, yaml, n, &err);
        cr_expect(eq(int, rc, err.code));
        nmt_config_release(&c);
    }
}

Test(config, a_missing_file_is_named)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_config_read(&c, "/nowhere/c.yaml", &err), NMT_EIO));
    cr_assert(eq(str, err.msg, "/nowhere/c.yaml: cannot open: No such file or directory"));
    nmt_config_release(&c);
}

Test(config, assignments_set_one_key)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_config_set(&c, "train.clip=2.5", &err), 0));
    cr_assert(eq(dbl, c.train_clip, 2.5));
    cr_assert(eq(int, nmt_config_set(&c, "data.source=a=b c", &err), 0));
    cr_assert(eq(str, c.data_source, "a=b c"));
    cr_assert(eq(int, nmt_config_set(&c, "data.source=", &err), 0));
    cr_assert(eq(str, c.data_source, ""));
    static const char *const bad[][2] = {
        { "train.clip", "'train.clip' is not of the form section.key=value" },
        { "=3", "'=3' is not of the form section.key=value" },
        { "clip=3", "'clip=3' is not of the form section.key=value (did you mean 'train.clip'?)" },
        { "train.clap=3", "unknown key 'train.clap' (did you mean 'clip'?)" },
        { "train.clip=x", "train.clip: 'x' is not a number from 0 to 1e+09" },
        { "data.source=\xff", "data.source: invalid UTF-8 at byte 1" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = (struct nmt_err)NMT_ERR_INIT;
        cr_expect(eq(int, nmt_config_set(&c, bad[i][0], &err), NMT_EUSAGE));
        cr_expect(eq(str, err.msg, (char *)bad[i][1]));
    }
    nmt_config_release(&c);
}

static char *dumped(const struct nmt_config *c)
{
    close(mkstemp(path));
    struct nmt_output *o = NULL;
    cr_assert(eq(int, nmt_output_open(&o, path, NULL), 0));
    cr_assert(eq(int, nmt_config_dump(c, o, NULL), 0));
    cr_assert(eq(int, nmt_output_close(&o, NULL), 0));
    char *text = calloc(1, 65536);
    int fd = open(path, O_RDONLY);
    cr_assert(gt(long, read(fd, text, 65535), 0));
    close(fd);
    unlink(path);
    strcpy(path, "/tmp/nmt-test-config-XXXXXX");
    return text;
}

Test(config, a_dump_reads_back_to_the_same)
{
    static const char *const odd[] = {
        "train.learning-rate=0.1000000000000000055511151231257827",
        "train.clip=123456.78901234567",
        "train.decay-to=1e-9",
        "train.seed=9223372036854775807",
        "train.dropout-word=0.30000000000000004",
        "data.source=a\tb\"c\\d\xC3\xBC\xC2\x85\xE2\x80\xA8\xEF\xBB\xBF\xF0\x9F\x98\x80 # : ",
        "data.target=- [x]",
        "model.attention=none",
        "vocabulary.joint=false",
    };
    struct nmt_config c, back;
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, nmt_config_preset(&c, "paper", NULL), 0));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        cr_assert(eq(int, nmt_config_set(&c, odd[i], &err), 0), "%s", err.msg);
    char *text = dumped(&c);
    cr_assert(ne(ptr, strstr(text, "  learning-rate: 0.1\n"), NULL));
    cr_assert(ne(ptr, strstr(text, "  dropout-word: 0.30000000000000004\n"), NULL));
    cr_assert(ne(ptr, strstr(text, "  attention: none\n"), NULL));
    back = standard();
    cr_assert(eq(int, read_text(&back, text, &err), 0), "%s", err.msg);
    cr_assert(eq(str, back.data_source, c.data_source));
    char *again = dumped(&back);
    cr_assert(eq(str, again, text));
    free(text);
    free(again);
    nmt_config_release(&c);
    nmt_config_release(&back);
}

Test(config, numbers_are_printed_with_the_fewest_digits_that_read_back)
{
    static const double values[] = { 0,    -1,   0.1,     1.0 / 3, 1e-9,   5e-324,
                                     1e23, 1e21, 0.95,    2.5e-4,  -0.002, 1.7976931348623157e308,
                                     3,    1e16, 123456.5 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char digits[NMT_NUMBER_DIGITS];
        double back = 0;
        cr_assert(eq(int, nmt_number_print(digits, values[i], NULL), 0));
        cr_assert(eq(int, nmt_number_real(&back, digits, -INFINITY, INFINITY, "x", NULL), 0));
        cr_assert(eq(dbl, back, values[i]), "%s", digits);
    }
    char digits[NMT_NUMBER_DIGITS];
    cr_assert(eq(int, nmt_number_print(digits, 0.1, NULL), 0));
    cr_assert(eq(str, digits, "0.1"));
    cr_assert(eq(int, nmt_number_print(digits, 1e-3, NULL), 0));
    cr_assert(eq(str, digits, "0.001"));
}

static void combination(const char *const *sets, const char *message)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    for (; *sets; sets++)
        cr_assert(eq(int, nmt_config_set(&c, *sets, NULL), 0), "%s", *sets);
    cr_expect(eq(int, nmt_config_check(&c, &err), *message ? NMT_ECONFIG : 0), "%s", message);
    cr_expect(eq(str, err.msg, (char *)message));
    nmt_config_release(&c);
}

#define SETS(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

Test(config, values_that_do_not_go_together_are_refused)
{
    combination(SETS("model.maxout=128"),
                "model.tied: a shared output layer needs model.maxout (128) to be equal to "
                "model.embedding (256)");
    combination(SETS("model.maxout=128", "model.tied=none"), "");
    combination(SETS("model.tied=all"), "");
    combination(SETS("model.tied=all", "vocabulary.joint=false"),
                "model.tied: all needs vocabulary.joint to be true");
    combination(SETS("model.attention=dot", "model.decoder-state=256"),
                "model.attention: dot needs model.decoder-state (256) to be twice model.state "
                "(256), or 0");
    combination(SETS("model.attention=dot", "model.decoder-state=512"), "");
    combination(SETS("model.attention=dot"), "");
    combination(SETS("model.attention=general", "model.alignment=1"), "");
    combination(SETS("model.order=cgru", "model.cell=lstm"),
                "model.order: cgru needs model.cell to be gru");
    combination(SETS("model.order=cgru", "model.attention=none"),
                "model.order: cgru needs model.attention not to be none");
    combination(SETS("model.encoder-stack=alternating", "model.attention=none"), "");
    combination(
        SETS("model.encoder-stack=alternating", "model.attention=none", "model.encoder-layers=2"),
        "model.encoder-stack: alternating needs model.attention not to be none: the encoder "
        "has one direction then");
    combination(SETS("train.batch-words=100"),
                "train.batch-words (100) must be greater than train.max-length (100)");
    combination(SETS("train.batch-words=101"), "");
    combination(SETS("train.dropout-readout=-0.5"),
                "train.dropout-readout: -0.5 is neither -1 nor a number from 0 to 0.95");
    combination(SETS("train.epochs=0"),
                "train.schedule: exponential needs train.epochs or train.updates: the rate falls "
                "over a planned length");
    combination(SETS("train.epochs=0", "train.updates=10"), "");
    combination(SETS("train.adam-beta2=1"),
                "train.adam-beta1 and train.adam-beta2 must be less than 1");
    combination(SETS("train.schedule=linear", "train.epochs=0"),
                "train.schedule: linear needs train.epochs or train.updates: the rate falls over a "
                "planned length");
    combination(SETS("train.schedule=inverse-sqrt"),
                "train.schedule: inverse-sqrt needs train.warmup: the rate falls from there");
    combination(SETS("train.schedule=plateau"),
                "train.schedule: plateau needs data.valid-source and data.valid-target");
    combination(SETS("data.source=x"), "data.source and data.target belong together");
    combination(SETS("data.valid-target=x"),
                "data.valid-source and data.valid-target belong together");
    combination(SETS("vocabulary.source=x"),
                "vocabulary.source and vocabulary.target belong together, or "
                "vocabulary.joint be false");
}

/* The check of what a file says, and of an assignment behind it. */
static void refused_together(const char *yaml, const char *set, const char *message)
{
    struct nmt_config c = standard();
    struct nmt_err err = NMT_ERR_INIT;
    cr_assert(eq(int, read_text(&c, yaml, &err), 0), "%s", err.msg);
    if (set)
        cr_assert(eq(int, nmt_config_set(&c, set, NULL), 0));
    cr_expect(eq(int, nmt_config_check(&c, &err), NMT_ECONFIG));
    const char *name = strstr(err.msg, "c.yaml");
    cr_expect(eq(str, (char *)(name ? name : err.msg), (char *)message));
    nmt_config_release(&c);
}

Test(config, what_does_not_go_together_is_named_with_its_line)
{
    refused_together("model:\n  cell: lstm\n  state: 8\n  order: cgru\n", NULL,
                     "c.yaml:4: model.order: cgru needs model.cell to be gru");
    refused_together("model:\n  order: cgru\n  state: 8\n", "model.cell=lstm",
                     "c.yaml:2: model.order: cgru needs model.cell to be gru");
    refused_together("model:\n  state: 8\n", "train.adam-beta1=1",
                     "train.adam-beta1 and train.adam-beta2 must be less than 1");
    refused_together("model:\n  order: cgru\n  cell: lstm\n  state: 8\n", "model.attention=none",
                     "c.yaml:3: model.order: cgru needs model.cell to be gru");
    refused_together("preset: paper\nmodel:\n  maxout: 4\n  tied: target\n", NULL,
                     "c.yaml:4: model.tied: a shared output layer needs model.maxout (4) to be "
                     "equal to model.embedding (620)");
}
