# Links that leave their sentence pair are refused: file and line.
printf 'a b\n' >src
printf 'c\n' >tgt
printf '1-1\n' >links
nmt-align -f term -L links src tgt
