# Failed lines and totals as JSON lines; what the first program of a pipe said is not said again.
. "$TOP/tests/cli/models.inc"
tiny_model m -s train.updates=100
{ printf 'the dog\n\na \377\nthe  cat sees\n'; yes "$(printf 'b\377')" | head -n 14; echo 'a horse'; } >in
nmt-encode -m m.nmt --log log -o in.ann in 2>err
[ $? -eq 1 ] && [ "$(wc -l <err)" -eq 11 ] || { echo 'ten names and a count'; cat err; }
jq -es 'length == 16 and all(.[:15][]; .event == "failed" and (.reason | test("UTF-8")))
    and .[0].record == 3 and .[0].place == "in:3" and .[14].place == "in:18"
    and (.[15] | .event == "end" and .lines == 19 and .failed == 15 and .source_words == 7 and .seconds >= 0
         and .words_per_second > 0 and has("target_words") == false)' log >/dev/null || cat log
nmt-decode -m m.nmt --log log2 in.ann >out 2>err
[ $? -eq 1 ] || echo 'status'
every_line out 19
[ "$(cat err)" = 'nmt-decode: 15 lines had failed before, the first: record 3, line 3: invalid UTF-8 at byte 3' ] || cat err
words=$(wc -w <out)
jq -es --argjson words "$words" 'length == 16 and .[0].record == 3 and .[0].source_line == 3
    and (.[15] | .event == "end" and .lines == 19 and .failed == 15 and .source_words == 7
         and .target_words == $words)' log2 >/dev/null || { cat log2; wc -w out; }

# A failure of its own is named; the log is added to, and tells how a run ended.
head -c 400 in.ann >cut
nmt-decode -m m.nmt --log log2 cut >out 2>err && echo 'a cut stream'
jq -es '.[16].event == "error" and (.[16].reason | test("cut short"))' log2 >/dev/null || tail -n 1 log2
printf 'x\n\n\377\n' >target
printf 'the dog\n\na cat\n' | nmt-encode -m m.nmt | nmt-decode -m m.nmt --force target --log log3 2>err >out
[ $? -eq 1 ] && grep -q '^nmt-decode: record 3: target:3: invalid UTF-8' err || cat err
jq -es '.[0].record == 3 and .[0].place == "record 3"' log3 >/dev/null || cat log3
printf 'the dog\n\377\n' | nmt-encode -m m.nmt --invalid fail --log log4 2>/dev/null >out
jq -es 'length == 1 and .[0].event == "error"' log4 >/dev/null || cat log4
nmt-decode -m m.nmt --max-length 1 --log log6 in.ann >/dev/null 2>&1
jq -es 'map(select(.event == "cut")) as $cut | ($cut | length) > 0 and all($cut[]; .record != 2)
    and .[-1].cut == ($cut | length) and .[-1].failed == 15' log6 >/dev/null || cat log6
fails 1 'all of the log' nmt-decode -m m.nmt --log /dev/full in.ann
fails 1 'no/such' nmt-decode -m m.nmt --log no/such in.ann
fails 2 'must be a file' nmt-decode -m m.nmt -o out --log - in.ann
mkfifo pipe
sleep 600 >pipe &
timeout --foreground --preserve-status -s TERM 1 nmt-encode -m m.nmt --log log5 pipe >out
kill $!
jq -es '.[0].event == "interrupted"' log5 >/dev/null || cat log5
exit 0
