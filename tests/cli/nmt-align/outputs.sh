# Full disk: status 1 and a message. A reader that leaves: silence. Stdin closed: status 1.
printf '0-0\n' >l
nmt-align -S convert l >/dev/full 2>err
[ $? -eq 1 ] && grep -q 'cannot write' err || echo 'full disk went unnoticed'
awk 'BEGIN { for (i = 0; i < 200000; i++) print "0-0 1-1 2-2" }' >long
nmt-align -S convert long 2>err | head -n 1
[ -s err ] && echo 'not silent'
nmt-align -S convert - <&- 2>err
[ $? -eq 1 ] && [ -s err ] || echo 'closed stdin went unnoticed'
nmt-align -S convert missing 2>err
[ $? -eq 1 ] && grep -q missing err || echo 'missing file went unnoticed'
nmt-align /dev/null 2>err
[ $? -eq 1 ] && [ -s err ] || echo 'an empty file is no stream'
