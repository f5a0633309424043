# What libnmt gives and takes: its symbols begin with nmt_; it never ends the process, prints, or keeps
# state of its own between calls.
lib=$BUILD/lib/libnmt.a
[ -f "$lib" ] || { echo 'libnmt is not built'; exit 77; }
nm -g --defined-only "$lib" 2>/dev/null | awk 'NF == 3 && $3 !~ /^(nmt_|_)/ { print "defines " $3 }' >wrong
nm -A -u "$lib" 2>/dev/null | awk '
    $NF ~ /^(exit|_exit|_Exit|quick_exit|abort|atexit|printf|vprintf|dprintf|puts|putchar|perror|err|errx|warn|warnx|stdout|stderr|stdin|setlocale|rand|srand|strtok|system|getenv|setenv)$/ ||
    $NF ~ /^__(v?printf)_chk$/ { split($1, p, ":"); print p[2] " uses " $NF }' >>wrong
case $BUILD in
*san-*) ;;
*)
    objdump -h "$lib" | awk '
        / file format / { object = $1; sub(":", "", object) }
        ($2 == ".data" || $2 == ".bss" || $2 == ".tbss" || $2 == ".tdata") && $3 !~ /^0*$/ {
            print object " keeps state in " $2
        }' >>wrong ;;
esac
cat wrong
[ ! -s wrong ]
