# Files of different length are not one pair: both names, both counts, nothing left behind.
printf '0-0\n1-1\n2-2\n' >three
printf '0-0\n' >one
: >none
nmt-align -S union three one -o result && echo 'status 0'
nmt-align -S fmeasure one three && echo 'status 0'
nmt-align -E none three && echo 'status 0'
nmt-align -L one three none && echo 'status 0'
ls
