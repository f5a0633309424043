# Every line that is not links is refused with file, line and what it was; nothing is written.
i=0
for bad in '0_0' '0-' '-0' '0-0-0' '0:0' '0p1' '0-0:' '0-0:1.5' '0-0:nan' '0-0:0x1' '1048576-0' \
    '0-99999999999999999999' '0-0 x' '0--1' '+0-0' '0-0,1-1' '٠-٠' 'a ||| 0'; do
    printf '0-0\n%s\n' "$bad" >f
    nmt-align -S union f f >out && echo "accepted: $bad"
    printf '%s\n' "$?" >>statuses
    i=$((i + 1))
done
printf '0-0\r\n' >f
nmt-align -S convert f && echo 'accepted: CR'
printf '0-0\0001-1\n' >f
nmt-align -S convert f && echo 'accepted: NUL'
head -c 100000 /dev/zero | tr '\0' 7 >f
nmt-align -S convert f && echo 'accepted: 100000 digits'
head -c 17000000 /dev/zero | tr '\0' ' ' >f
nmt-align -S convert f && echo 'accepted: a line of 17 MB'
[ "$(sort -u statuses)" = 1 ] || sort -u statuses
head -c 1000000 /dev/zero | tr '\0' ' ' >f
[ "$(nmt-align -S convert f | wc -c)" -eq 1 ] || echo 'a line of spaces is an empty line'
