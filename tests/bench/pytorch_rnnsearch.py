#!/usr/bin/python3
"""The peer for `make bench PEER=pytorch`: RNNsearch in PyTorch, as fast as it goes.

The model is the one that nmt-train makes with order `code`, additive attention, the paper's GRU
(reset before U) and maxout: h and s as in the paper, U_a h once per sentence, input projections of
encoder and decoder batched over time, one stacked product [W_a; U_z; U_r] s per decoder step, readout
and output layer batched over the real positions, Adam, clipping of the norm at 1. Masks are applied
only at steps where a sentence has ended.

Two uses:

    pytorch_rnnsearch.py train  --source IDS --target IDS [sizes]
    pytorch_rnnsearch.py decode --source IDS (--model FILE.nmt | sizes) [--beam K]

IDS are lines of token ids (nmt-vocab -e). Without --model, decoding runs a model of the given sizes
with random weights for as many steps as the source has words. With --model it reads the
weights of a model file, so that both programs do the same work; --output FILE keeps the ids, and
with batches of one sentence the time of each is printed.
Prints `key value` lines; words never count </s>.
"""
import argparse
import itertools
import mmap
import os
import struct
import sys
import time

EOS = 2


def settle_environment():
    """Starts again with the environment in which PyTorch is fastest here: OpenBLAS with as many
    threads as were asked for (torch.set_num_threads does not reach the pthread build) and its own
    choice of kernels, and a malloc that keeps what it was given."""
    threads = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
    openmp = "/usr/lib/%s-linux-gnu/openblas-openmp" % os.uname().machine
    wanted = {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads, "MALLOC_MMAP_MAX_": "0",
              "MALLOC_TRIM_THRESHOLD_": "100000000000", "MALLOC_TOP_PAD_": "268435456"}
    if threads != "1" and os.path.isdir(openmp):  # one crew of threads, not two: libopenblas0-openmp
        wanted["LD_LIBRARY_PATH"] = openmp
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        env = {**os.environ, **wanted}
        for name in "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE":
            env.pop(name, None)
        os.execve(sys.executable, [sys.executable, *sys.argv], env)


if __name__ == "__main__":
    settle_environment()

import numpy  # noqa: E402  (after the environment is settled)
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402


# --- data ----------------------------------------------------------------------------------------

def read_ids(path, limit=None):
    with open(path, encoding="ascii") as lines:
        return [[int(word) for word in line.split()] for line in itertools.islice(lines, limit)]


def padded(sentences):
    """[T, B] ids with </s>, [T, B] mask, and the steps at which no sentence has ended yet."""
    longest = max(map(len, sentences)) + 1
    ids = torch.full((longest, len(sentences)), EOS)
    mask = torch.zeros(longest, len(sentences))
    for b, sentence in enumerate(sentences):
        ids[:len(sentence), b] = torch.tensor(sentence, dtype=torch.long)
        mask[:len(sentence) + 1, b] = 1
    return ids, mask, min(map(len, sentences)) + 1


def batches(pairs, size, sort_batches):
    """Batches of similar length, as the paper makes them."""
    for first in range(0, len(pairs), size * sort_batches):
        group = sorted(pairs[first:first + size * sort_batches], key=lambda p: max(map(len, p)))
        for b in range(0, len(group), size):
            yield group[b:b + size]


# --- the model -----------------------------------------------------------------------------------

class RNNsearch(torch.nn.Module):
    """Weights are stored as rows = outputs; gates are stacked update, reset, candidate."""

    def __init__(self, m, n, align, maxout, source_words, target_words, tied):
        super().__init__()
        self.n, self.align, self.maxout = n, align, maxout

        def matrix(rows, columns, scale=0.05):
            return torch.nn.Parameter(torch.empty(rows, columns).uniform_(-scale, scale))

        def zeros(size):
            return torch.nn.Parameter(torch.zeros(size))

        self.source_embedding = matrix(source_words, m)
        self.target_embedding = matrix(target_words, m)
        for direction in "forward", "backward":
            setattr(self, direction + "_W", matrix(3 * n, m))
            setattr(self, direction + "_b", zeros(3 * n))
            setattr(self, direction + "_U_gates", matrix(2 * n, n))
            setattr(self, direction + "_U", matrix(n, n))
        self.start_W, self.start_b = matrix(n, n), zeros(n)
        self.W_a, self.U_a, self.v_a = matrix(align, n), matrix(align, 2 * n), matrix(1, align)
        self.W, self.b, self.C = matrix(3 * n, m), zeros(3 * n), matrix(3 * n, 2 * n)
        self.U_gates, self.U = matrix(2 * n, n), matrix(n, n)
        self.U_o, self.V_o, self.C_o = (matrix(2 * maxout, size) for size in (n, m, 2 * n))
        self.b_t = zeros(2 * maxout)
        self.W_o = self.target_embedding if tied else matrix(target_words, maxout)
        self.b_o = zeros(target_words)

    def read_direction(self, embedded, mask, full, direction):
        W, b, U_gates, U = (getattr(self, direction + part) for part in ("_W", "_b", "_U_gates", "_U"))
        steps, size, _ = embedded.shape
        n = self.n
        inputs = F.linear(embedded, W, b)
        gate_inputs, new_inputs = (x.unbind(0) for x in inputs.split((2 * n, n), 2))
        U_gates, U = U_gates.t(), U.t()
        h = embedded.new_zeros(size, n)
        states = [None] * steps
        for t in range(steps) if direction == "forward" else range(steps - 1, -1, -1):
            z, r = torch.addmm(gate_inputs[t], h, U_gates).sigmoid_().chunk(2, 1)
            new = torch.lerp(h, torch.addmm(new_inputs[t], r * h, U).tanh_(), z)
            h = new if t < full else torch.lerp(h, new, mask[t].unsqueeze(1))
            states[t] = h
        return torch.stack(states, 1)

    def encode(self, ids, mask, full):
        """Annotations [B, S, 2n], keys [B, S, n'], what hides padding [B, S] or None, s_0 [B, n]."""
        embedded = F.embedding(ids, self.source_embedding)
        forward = self.read_direction(embedded, mask, full, "forward")
        backward = self.read_direction(embedded, mask, full, "backward")
        h = torch.cat((forward, backward), 2)
        hidden = None if full == len(ids) else (mask.t() - 1) * 1e9
        start = torch.tanh(F.linear(backward[:, 0], self.start_W, self.start_b))
        return h, F.linear(h, self.U_a), hidden, start

    def attend(self, query, keys, h, hidden):
        """Context [R, 2n] of queries [R, n']; with R = B * K hypotheses, K share a sentence."""
        B, S, A = keys.shape
        if len(query) == B:
            energy = (keys + query.unsqueeze(1)).tanh_().view(B * S, A).mv(self.v_a[0]).view(B, S)
            if hidden is not None:
                energy = energy + hidden
            return torch.bmm(energy.softmax(1).unsqueeze(1), h).squeeze(1)
        K = len(query) // B
        energy = (keys.unsqueeze(1) + query.view(B, K, 1, A)).tanh_().view(-1, A).mv(self.v_a[0])
        energy = energy.view(B, K, S)
        if hidden is not None:
            energy += hidden.unsqueeze(1)
        return torch.bmm(energy.softmax(2), h).view(B * K, -1)

    def stacked(self):
        return torch.cat((self.W_a, self.U_gates)).t()

    def next_state(self, s, from_state, gate_input, new_input, context):
        """f(s, y, c): from_state is what [W_a; U_z; U_r] s gave beyond the query."""
        to_gates, to_new = F.linear(context, self.C).split((2 * self.n, self.n), 1)
        z, r = (gate_input + from_state + to_gates).sigmoid_().chunk(2, 1)
        new = torch.addmm(new_input + to_new, r * s, self.U.t()).tanh_()
        return torch.lerp(s, new, z)

    def loss(self, source, target):
        """Sum of -log p over the target's tokens, </s> included, and their number."""
        ids, mask, _ = target
        h, keys, hidden, s = self.encode(*source)
        embedded = F.embedding(ids, self.target_embedding)
        steps, size, m = embedded.shape
        A, n = self.align, self.n
        inputs = F.linear(embedded[:-1], self.W, self.b)
        gate_inputs, new_inputs = (x.unbind(0) for x in inputs.split((2 * n, n), 2))
        stacked = self.stacked()
        states, contexts = [], []
        for t in range(steps):
            query, from_state = torch.mm(s, stacked).split((A, 2 * n), 1)
            context = self.attend(query, keys, h, hidden)
            states.append(s)
            contexts.append(context)
            if t + 1 < steps:  # a state behind the end of its sentence is never looked at
                s = self.next_state(s, from_state, gate_inputs[t], new_inputs[t], context)
        before = torch.cat((embedded.new_zeros(1, size, m), embedded[:-1]))
        real = mask.view(-1).nonzero().squeeze(1)
        pick = lambda x: x.reshape(steps * size, -1).index_select(0, real)
        logits = self.read_out(pick(torch.stack(states)), pick(before), pick(torch.stack(contexts)))
        return F.cross_entropy(logits, ids.view(-1).index_select(0, real), reduction="sum"), len(real)

    def read_out(self, s, word, context):
        t = torch.addmm(self.b_t, s, self.U_o.t())
        if word is not None:
            t = torch.addmm(t, word, self.V_o.t())
        t = torch.addmm(t, context, self.C_o.t())
        t = t.view(-1, self.maxout, 2)
        return F.linear(torch.max(t[..., 0], t[..., 1]), self.W_o, self.b_o)

    # --- search ----------------------------------------------------------------------------------

    def translate(self, sentences, beam, natural):
        """The paper's beam search, all sentences and hypotheses at once; a beam shrinks with every
        hypothesis that ends, and a sentence leaves the batch when its beam is empty or cannot
        hold a better one than the best that has ended. Without `natural`
        a hypothesis ends when it is as long as its source with </s>."""
        source = padded(sentences)
        h, keys, hidden, s = self.encode(*source)
        A, K, V = self.align, beam, len(self.b_o)
        B = len(sentences)
        stacked = self.stacked()
        s = s.repeat_interleave(K, 0)
        word = None
        rows = list(range(B))                        # which sentence a slot of the batch holds
        limit = torch.tensor([3 * (len(x) + 1) if natural else len(x) + 1 for x in sentences])
        shortest = torch.tensor([(len(x) + 1) // 2 if natural else 1 << 30 for x in sentences])
        room = torch.full((B,), K)                   # hypotheses that are still looked for
        score = torch.full((B, K), -numpy.inf)
        score[:, 0] = 0
        history = torch.zeros(B, K, 0, dtype=torch.long)
        best = [(-numpy.inf, [])] * B
        step = 0
        while rows:
            product = torch.mm(s, stacked)
            context = self.attend(product[:, :A], keys, h, hidden)
            logits = self.read_out(s, word, context).view(len(rows), K, V)
            total = logits.logsumexp(2)
            forbidden = step < shortest
            if bool(forbidden.any()):
                logits[forbidden, :, EOS] = -numpy.inf
            top, choice = logits.topk(min(K, V), 2)
            top += (score - total).unsqueeze(2)
            score, flat = top.view(len(rows), -1).topk(K, 1)
            came_from, word_id = flat // K, choice.view(len(rows), -1).gather(1, flat)
            score.masked_fill_(torch.arange(K).unsqueeze(0) >= room.unsqueeze(1), -numpy.inf)
            step += 1
            ended = word_id.eq(EOS) & score.isfinite()
            history = torch.cat((history.gather(1, came_from.unsqueeze(2).expand(-1, -1, step - 1)),
                                 word_id.unsqueeze(2)), 2)
            if bool(ended.any()):
                for b, k in ended.nonzero().tolist():
                    if score[b, k] > best[rows[b]][0]:
                        best[rows[b]] = (score[b, k].item(), history[b, k, :-1].tolist())
                room = room - ended.sum(1)
                score.masked_fill_(ended, -numpy.inf)
            out_of_time = limit <= step
            found = torch.tensor([best[b][0] for b in rows])
            done = (room <= 0) | out_of_time | (found >= score.amax(1))  # none alive can pass it
            for b in out_of_time.nonzero().squeeze(1).tolist():
                if best[rows[b]][0] == -numpy.inf:
                    best[rows[b]] = (score[b, 0].item(), history[b, 0].tolist())
            embedded = F.embedding(word_id.view(-1), self.target_embedding)
            origin = (torch.arange(len(rows)).unsqueeze(1) * K + came_from).view(-1)
            if bool(done.any()):
                keep = (~done).nonzero().squeeze(1)
                rows = [rows[b] for b in keep.tolist()]
                if not rows:
                    break
                slots = (keep.unsqueeze(1) * K + torch.arange(K)).view(-1)
                embedded, origin = embedded[slots], origin[slots]
                limit, shortest, room, score, history = (
                    x[keep] for x in (limit, shortest, room, score, history))
                h, keys = h[keep], keys[keep]
                hidden = hidden[keep] if hidden is not None else None
                s, product, context = s[origin], product[origin], context[origin]
            elif K > 1:
                s, product, context = s[origin], product[origin], context[origin]
            inputs = F.linear(embedded, self.W, self.b)
            s = self.next_state(s, product[:, A:], inputs[:, :2 * self.n], inputs[:, 2 * self.n:], context)
            word = embedded
        return [ids for _, ids in best]


# --- a model file --------------------------------------------------------------------------------

class GGUF:
    """The keys and float32 tensors of a GGUF file, version 3."""

    SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.at = 0
        magic, version, n_tensors, n_keys = self.take("4sIQQ")
        if magic != b"GGUF" or version != 3:
            sys.exit(path + ": not a GGUF file of version 3")
        self.keys = {}
        for _ in range(n_keys):
            name = self.string()
            self.keys[name] = self.value(self.take("I")[0])
        tensors = []
        for _ in range(n_tensors):
            name = self.string()
            sizes = self.take("%dQ" % self.take("I")[0])
            tensors.append((name, sizes, *self.take("IQ")))
        align = self.keys.get("general.alignment", 32)
        start = -(-self.at // align) * align
        self.tensors = {}
        for name, sizes, kind, offset in tensors:
            if kind != 0:
                continue
            count = int(numpy.prod(sizes))
            data = numpy.frombuffer(self.bytes, "<f4", count, start + offset)
            self.tensors[name] = torch.from_numpy(data.reshape(sizes[::-1]).copy())

    def take(self, layout):
        layout = "<" + layout
        out = struct.unpack_from(layout, self.bytes, self.at)
        self.at += struct.calcsize(layout)
        return out

    def string(self):
        n, = self.take("Q")
        self.at += n
        return self.bytes[self.at - n:self.at].decode("utf-8", "replace")

    def value(self, kind):
        if kind == 8:
            return self.string()
        if kind == 9:
            kind, n = self.take("IQ")
            return [self.value(kind) for _ in range(n)]
        return self.take(self.SCALARS[kind])[0]


def load_model(path):
    t = GGUF(path).tensors
    stack = lambda unit, kind, gates: torch.cat([t["%s.%s.%s" % (unit, g, kind)].view(
        len(t["%s.%s.bias" % (unit, g)].view(-1)), -1) for g in gates])
    gates, all_gates = ("update", "reset"), ("update", "reset", "candidate")
    align, n = t["alignment.query.weight"].shape
    source = t.get("source.embedding.weight", t["target.embedding.weight"])
    tied = "output.weight" not in t
    model = RNNsearch(source.shape[1], n, align, len(t["readout.bias"].view(-1)) // 2, len(source),
                      len(t["target.embedding.weight"]), tied)
    values = {
        "source_embedding": source, "target_embedding": t["target.embedding.weight"],
        "start_W": t["decoder.start.weight"], "start_b": t["decoder.start.bias"].view(-1),
        "W_a": t["alignment.query.weight"], "U_a": t["alignment.key.weight"],
        "v_a": t["alignment.score.weight"].view(1, -1),
        "W": stack("decoder", "weight", all_gates), "C": stack("decoder", "context", all_gates),
        "b": stack("decoder", "bias", all_gates).view(-1),
        "U_gates": stack("decoder", "recurrent", gates),
        "U": stack("decoder", "recurrent", ("candidate",)),
        "U_o": t["readout.state.weight"], "V_o": t["readout.word.weight"],
        "C_o": t["readout.context.weight"], "b_t": t["readout.bias"].view(-1),
        "b_o": t["output.bias"].view(-1),
    }
    if not tied:
        values["W_o"] = t["output.weight"]
    for direction in "forward", "backward":
        unit = "encoder." + direction
        values[direction + "_W"] = stack(unit, "weight", all_gates)
        values[direction + "_b"] = stack(unit, "bias", all_gates).view(-1)
        values[direction + "_U_gates"] = stack(unit, "recurrent", gates)
        values[direction + "_U"] = stack(unit, "recurrent", ("candidate",))
    with torch.no_grad():
        for name, value in values.items():
            getattr(model, name).copy_(value)
    return model


# --- what is measured ----------------------------------------------------------------------------

def train(args):
    torch.manual_seed(1)
    model = RNNsearch(args.embedding, args.state, args.alignment, args.maxout, args.words, args.words,
                      args.tied)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.98))
    pairs = list(zip(read_ids(args.source), read_ids(args.target)))
    seconds, cpu, words, loss_sum, tokens = 0.0, 0.0, [0, 0], 0.0, 0
    stream = itertools.chain.from_iterable(
        batches(pairs, args.batch, args.sort_batches) for _ in itertools.count())
    for update in range(-args.warm_up, args.updates):
        batch = next(stream)
        begin, cpu_begin = time.perf_counter(), time.process_time()
        source, target = (padded([pair[side] for pair in batch]) for side in (0, 1))
        loss, n = model.loss(source, target)
        adam.zero_grad(set_to_none=True)
        (loss / n).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        adam.step()
        if update >= 0:
            seconds += time.perf_counter() - begin
            cpu += time.process_time() - cpu_begin
            loss_sum, tokens = loss_sum + loss.item(), tokens + n
            for side in (0, 1):
                words[side] += sum(len(pair[side]) for pair in batch)
    print("parameters", sum(p.numel() for p in model.parameters()))
    print("updates", args.updates)
    print("seconds %.3f" % seconds)
    print("cpu-seconds %.3f" % cpu)
    print("loss-per-token %.4f" % (loss_sum / tokens))
    print("train-source-words-per-second %.1f" % (words[0] / seconds))
    print("train-target-words-per-second %.1f" % (words[1] / seconds))


@torch.inference_mode()
def decode(args):
    torch.manual_seed(1)
    model = load_model(args.model) if args.model else RNNsearch(
        args.embedding, args.state, args.alignment, args.maxout, args.words, args.words, args.tied)
    sentences = read_ids(args.source, args.sentences)
    order = sorted((b for b in range(len(sentences)) if sentences[b]), key=lambda b: len(sentences[b]))
    output = [[] for _ in sentences]
    seconds = 0.0
    for warm in (True, False):
        for first in range(0, len(order), args.batch):
            batch = order[first:first + args.batch]
            begin = time.perf_counter()
            natural = args.lengths == "natural" if args.lengths else bool(args.model)
            translated = model.translate([sentences[b] for b in batch], args.beam, natural)
            spent = time.perf_counter() - begin
            if not warm:
                seconds += spent
                if args.batch == 1:
                    print("milliseconds %.3f" % (1000 * spent))
            for b, ids in zip(batch, translated):
                output[b] = ids
            if warm:
                break
    words = sum(map(len, output))
    if args.output:
        with open(args.output, "w", encoding="ascii") as file:
            for ids in output:
                print(*ids, file=file)
    print("beam", args.beam)
    print("seconds %.3f" % seconds)
    print("output-words", words)
    print("decode-words-per-second %.1f" % (words / seconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("work", choices=["train", "decode"])
    parser.add_argument("--source", required=True)
    parser.add_argument("--target")
    parser.add_argument("--model")
    parser.add_argument("--output")
    parser.add_argument("--embedding", type=int, default=256, help="m")
    parser.add_argument("--state", type=int, default=512, help="n")
    parser.add_argument("--alignment", type=int, default=512, help="n'")
    parser.add_argument("--maxout", type=int, default=256, help="l")
    parser.add_argument("--words", type=int, default=10000, help="vocabulary size of either side")
    parser.add_argument("--tied", action="store_true", help="output layer = target embedding")
    parser.add_argument("--batch", type=int, default=64, help="sentences")
    parser.add_argument("--sort-batches", type=int, default=20)
    parser.add_argument("--updates", type=int, default=20, help="that are timed")
    parser.add_argument("--warm-up", type=int, default=2, help="updates before these")
    parser.add_argument("--sentences", type=int, help="decode only so many")
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--lengths", choices=["natural", "source"],
                        help="translations end with </s> (default with --model), or are as long as "
                        "their sources with </s>")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print("torch", torch.__version__)
    print("threads", torch.get_num_threads())
    (train if args.work == "train" else decode)(args)


if __name__ == "__main__":
    main()
