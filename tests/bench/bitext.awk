# A bitext of N random sentence pairs, for measuring speed alone: words are numbers from 3 to V - 1, so
# that the lines are token ids for one program and text for another; lengths are those of image
# captions (mean 12, from 4 to 25), the target's near the source's.
#     awk -v N=10000 -v V=10000 -v source=FILE -v target=FILE -f bitext.awk
function sentence(n, file,   i, line)
{
    for (i = 0; i < n; i++)
        line = line (i ? " " : "") 3 + int(rand() * (V - 3))
    print line > file
}
BEGIN {
    srand(1)
    for (k = 0; k < N; k++) {
        n = 4 + int(rand() * 6 + rand() * 6 + rand() * 6)
        sentence(n, source)
        m = n + int(rand() * 5) - 2
        sentence(m < 3 ? 3 : m, target)
    }
}
