# Every read, write, close, open, mmap, fsync, rename and allocation of a small job of each program fails
# in turn (tests/fault/fault.c). The program must then end with status 1 and a message, leave the old
# output as it was or the new one whole, and no file beside it; or, where it can do without what failed,
# with status 0 and the right output. Short and interrupted reads and writes must go unnoticed.
fault=$BUILD/tests/fault.so
case $BUILD in *san-*) echo 'not under sanitizers: both take the place of malloc'; exit 77 ;; esac
[ -f "$fault" ] || { echo 'tests/fault.so is not built'; exit 77; }
printf 'old\n' >old
bad=0 pace=12

complain() { echo "$*"; sed 's/^/    /' err | head -n 5; bad=1; }

# run FAULT: runs $job with it; out has its stdout, err its messages, file (the -o) starts as `old`.
run()
{
    rm -f hit file.state
    cp old file
    (LD_PRELOAD=$fault NMT_FAULT=$1 NMT_FAULT_HIT=$PWD/hit; export LD_PRELOAD NMT_FAULT NMT_FAULT_HIT
        exec $job) <input >out 2>err
    status=$?
}

# verdict FAULT: is what the program did all right?
verdict()
{
    case $status in
    0)
        { cmp -s file want.file && cmp -s out want.out; } ||
            complain "$name, $1: status 0 with another output than without the fault" ;;
    1)
        [ -s err ] || complain "$name, $1: status 1 without a message"
        cmp -s file old || cmp -s file want.file ||
            complain "$name, $1: the output is neither the old one nor whole" ;;
    *)
        complain "$name, $1: status $status" ;;
    esac
    case $1 in
    write:* | fsync:* | rename:*) [ $status -eq 1 ] || complain "$name, $1: status $status, expected 1" ;;
    short:* | again:*) [ $status -eq 0 ] || complain "$name, $1: status $status, expected 0" ;;
    esac
    for rest in file?*; do
        [ ! -e "$rest" ] || [ "$rest" = file.state ] || { complain "$name, $1: leaves $rest behind"; rm -f "$rest"; }
    done
}

# walk NAME JOB...: the first word is the program, "-o file" the output if it has one; stdin is `input`.
walk()
{
    name=$1
    shift
    command -v "$1" >/dev/null || return 0
    job=$*
    run none:0
    [ $status -eq 0 ] || { complain "$name: status $status without any fault"; return; }
    cp file want.file
    cp out want.out
    for kind in read write close open mmap fsync rename malloc; do
        n=1
        while run $kind:$n; [ -e hit ]; do
            verdict $kind:$n
            n=$((n + 1 + n / pace)) # each of the first ones, then ever fewer
        done
    done
    for mild in short:1 short:7 again:2 again:3; do
        run $mild
        verdict $mild
    done
}

printf '0-0 1-1\n0-1\n\n2-0\n' >forward
printf '0-0\n0-1 1-0\n\n2-0\n' >reverse
printf 'a small house\nthe dog\n\nthree words here\n' >source
printf 'ein kleines Haus\nder Hund\n\ndrei Worte hier\n' >target
cp source input

walk symmetrize nmt-align -S grow-diag-final-and -o file forward reverse
walk evaluate nmt-align -E forward reverse
walk learn-words nmt-vocab -q -t word -o file source
walk learn-pieces nmt-vocab -q -t bpe -s 34 -o file source
nmt-vocab -q -t char -o vocabulary source && nmt-vocab -e vocabulary -o ids source
walk encode-text nmt-vocab -e vocabulary -o file source
walk encode-stdin nmt-vocab -e vocabulary -j 2
walk decode-ids nmt-vocab -d vocabulary -o file ids
walk bleu nmt-bleu target
walk metrics nmt-bleu -j 2 -f text -m bleu,chrf,ter,em --chrf-word-order 2 -t intl -lc target source
walk significance nmt-bleu --paired-bs --paired-bs-n 8 -m bleu ter target -i source target
walk lengths nmt-bleu --by-length source --svg file target
walk worst nmt-bleu --worst 2 -f text target

command -v nmt-train >/dev/null || exit $bad
pace=2
small='-q -s vocabulary.type=char -s model.embedding=4 -s model.state=4 -s model.alignment=4
    -s model.maxout=4 -s train.updates=1 -s train.valid-every=1'
walk train nmt-train $small --overwrite -j 2 -o file source target
walk train-validated nmt-train $small --overwrite -o file -s data.valid-source=source \
    -s data.valid-target=target source target
command -v nmt-decode >/dev/null || exit $bad
nmt-train $small -o model.nmt source target && nmt-encode -m model.nmt -o annotations source
walk encode nmt-encode -m model.nmt -o file source
walk encode-stdin nmt-encode -m model.nmt
printf 'a\tb\n' >dict
walk encode-half nmt-encode -m model.nmt --half -o file source
walk encode-pooled nmt-encode -m model.nmt -f npy --pool mean -o file source
walk decode-list nmt-decode -m model.nmt -n 2 --word-scores --align-soft --replace-unk-dictionary dict \
    -o file annotations
walk decode nmt-decode -m model.nmt -b 3 -o file annotations
walk decode-alignments nmt-decode -m model.nmt -A file annotations
cp annotations input
walk decode-stdin nmt-decode -m model.nmt -b 1
exit $bad
