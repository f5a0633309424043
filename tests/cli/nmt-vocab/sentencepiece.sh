# A .vocab of sentencepiece cuts text as spm_encode does, or is refused; nmt-vocab's own needs no more
# pieces.
command -v spm_train >/dev/null || { echo 'sentencepiece is not installed'; exit 77; }
case $BUILD in *san-*) echo "compares with sentencepiece on large text: not under sanitizers"; exit 77 ;; esac
data=$SHARED/data
[ -f "$data/multi30k/train.en.gz" ] || { echo "no $data/multi30k"; exit 77; }
gzip -dc "$data"/multi30k/train.en.gz "$data"/multi30k/train.de.gz | awk 'NR % 3 == 0' >train
awk 'NR % 4 == 0' train >few
gzip -dc "$data"/multi30k/val.en.gz "$data"/multi30k/val.de.gz >val
gzip -dc "$data"/tatoeba-en-de/test.en.gz "$data"/tatoeba-en-de/test.de.gz >tatoeba
{
    printf '  a  man \n \303\244\314\210 e\314\201 \357\254\201 \360\237\221\250\342\200\215\360\237\221\251 12\302\240cm\t\302\275\n\n'
    printf ' \341\204\200\341\205\241 \343\203\221\n\342\226\201 x\342\226\201y man\342\226\201\n\342\226\202a\342\226\202 \342\226\202_\n'
    printf '<unk> <s> a</s>b <0x41> <pad>\n\357\273\277bom\n\342\200\213zero\342\200\250sep\342\200\251\n'
    printf '\357\275\201\357\275\202\357\274\221 \343\200\200wide\302\205nel\n\001control\177\n'
} >odd

spm() { # TEXT TYPE FORM OPTION...
    text=$1 type=$2 form=$3
    shift 3
    spm_train --model_type=$type --input=$text --model_prefix=spm --normalization_rule_name=$form \
        --hard_vocab_limit=false --minloglevel=2 "$@" >log 2>&1 || { cat log; exit 1; }
    normalize=$form
    [ $form != identity ] || normalize=none
}

# The ids are those of spm_encode, and give the same text.
same() { # TEXT...
    for text; do
        spm_encode --model=spm.model --output_format=id <$text >theirs
        nmt-vocab -e spm.vocab -t $type --normalize $normalize $text >ours || echo "status $?"
        cmp ours theirs || echo "$type $form $text: cut in another way"
        awk '{ for (i = 1; i <= NF; i++) if ($i == 0) next; print }' theirs >known
        spm_decode --model=spm.model --input_format=id <known >theirs
        nmt-vocab -d spm.vocab -t $type --normalize $normalize known | cmp - theirs ||
            echo "$type $form $text: put together in another way"
    done
}

for type in bpe char word; do
    for form in nfkc identity; do
        spm train $type $form --vocab_size=3000 --remove_extra_whitespaces=false
        same val tatoeba odd
        # In nmt's form too, where U+2581 in the text is a character and every unknown word counts.
        [ $type = word ] || {
            nmt-vocab --import spm.vocab -t $type --normalize $normalize >own.v || exit 1
            grep -v "$(printf '\342\226\201')" odd >plain
            spm_encode --model=spm.model --output_format=id <plain >theirs
            nmt-vocab -e own.v plain | cmp - theirs || echo "$type $form: imported, cut in another way"
        }
    done
done
for options in '--byte_fallback' '--byte_fallback --character_coverage=0.99' '--allow_whitespace_only_pieces' \
    '--split_by_number=false' '--split_by_unicode_script=false' '--split_digits' '--pad_id=3' \
    '--control_symbols=<2de>,<2en>'; do
    spm few bpe nfkc --vocab_size=1000 --remove_extra_whitespaces=false $options
    same val odd
done
# Of symbols in angle brackets the file does not tell what they are: text that holds one is refused, all else
# is cut as spm_encode does.
printf 'a <2de> man\n<2d e>\n\357\274\2342de\357\274\236 woman\n<pad>\n' >tags
sed -n '2p;4p' tags >plain
for kind in control_symbols user_defined_symbols; do
    spm few bpe nfkc --vocab_size=1000 --remove_extra_whitespaces=false --$kind='<2de>,<cls>'
    same val odd plain
    nmt-vocab -q --import spm.vocab -t bpe >own.v
    nmt-vocab -e own.v val >ours
    spm_encode --model=spm.model --output_format=id <val | cmp - ours || echo "$kind: imported, cut in another way"
    nmt-vocab -e spm.vocab -t bpe tags 2>message | grep -c '^$'
    sed "s/'.*//" message
    spm few word nfkc --vocab_size=1000 --remove_extra_whitespaces=false --$kind='<2de>,<cls>'
    same val tags
done
# Text with no spaces but one between two words is cut in the same way by the model of spm_train's defaults.
spm few bpe nmt_nfkc --vocab_size=1000
normalize=nfkc
same val

for options in '--treat_whitespace_as_suffix' '--split_by_whitespace=false' '--user_defined_symbols=man' \
    '--unk_id=1 --bos_id=2 --eos_id=3 --pad_id=0' '--bos_id=-1' '--unk_piece=UNK' '--model_type=unigram'; do
    spm few bpe nfkc --vocab_size=1000 $options
    nmt-vocab -e spm.vocab -t bpe </dev/null 2>message
    [ $? -eq 1 ] && grep -q '^nmt-vocab: spm.vocab:[0-9]*: piece ' message || echo "$options: not refused"
    sed "s/.*spm.vocab:[0-9]*: piece '[^']*'//; s/.*: piece/ piece/" message
done
spm few bpe nfkc --vocab_size=1000
for type in char word; do
    nmt-vocab -e spm.vocab -t $type </dev/null 2>&1 | sed "s/.*piece '[^']*'//"
done

spm train bpe nmt_nfkc --vocab_size=4000
nmt-vocab -s 4000 train >own.v
for text in val tatoeba; do
    theirs=$(spm_encode --model=spm.model --output_format=id <$text | wc -w)
    ours=$(nmt-vocab -e own.v $text | wc -w)
    [ $((ours * 100)) -le $((theirs * 101)) ] || echo "$text: $ours pieces, sentencepiece $theirs"
done
