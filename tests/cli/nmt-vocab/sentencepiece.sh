# A .vocab of sentencepiece cuts text as spm_encode does; nmt-vocab's own needs no more pieces.
command -v spm_train >/dev/null || { echo 'sentencepiece is not installed'; exit 77; }
data=$SHARED/data
[ -f "$data/multi30k/train.en.gz" ] || { echo "no $data/multi30k"; exit 77; }
gzip -dc "$data"/multi30k/train.en.gz "$data"/multi30k/train.de.gz | awk 'NR % 3 == 0' >train
gzip -dc "$data"/multi30k/val.en.gz "$data"/multi30k/val.de.gz >val
gzip -dc "$data"/tatoeba-en-de/test.en.gz "$data"/tatoeba-en-de/test.de.gz >tatoeba
printf '  a  man \n \303\244\314\210 e\314\201 \357\254\201 \360\237\221\250\342\200\215\360\237\221\251 12\302\240cm\t\302\275\n\n \341\204\200\341\205\241 \343\203\221\n' >odd
for type in bpe char word; do
    for form in nfkc identity; do
        spm_train --model_type=$type --input=train --model_prefix=spm --vocab_size=3000 \
            --normalization_rule_name=$form --remove_extra_whitespaces=false \
            --hard_vocab_limit=false --minloglevel=2 >log 2>&1 || { cat log; exit 1; }
        normalize=$form
        [ $form = identity ] && normalize=none
        nmt-vocab --import spm.vocab -t $type --normalize $normalize >own.v || exit 1
        for text in val tatoeba odd; do
            spm_encode --model=spm.model --output_format=id <$text >theirs
            nmt-vocab -e spm.vocab -t $type --normalize $normalize $text >ours
            # In a word vocabulary every unknown word counts here, a run of them there.
            if [ $type = word ]; then
                for file in ours theirs; do
                    tr ' ' '\n' <$file | uniq | tr '\n' ' ' >once && mv once $file
                done
            fi
            cmp ours theirs || echo "$type $form $text: cut in another way"
            [ $type = word ] || nmt-vocab -e own.v $text | cmp - theirs ||
                echo "$type $form $text: imported, cut in another way"
        done
    done
done
spm_train --model_type=bpe --input=train --model_prefix=spm --vocab_size=4000 --minloglevel=2 >log 2>&1
nmt-vocab -s 4000 train >own.v
for text in val tatoeba; do
    theirs=$(spm_encode --model=spm.model <$text | wc -w)
    ours=$(nmt-vocab -e own.v $text | wc -w)
    [ $((ours * 100)) -le $((theirs * 101)) ] || echo "$text: $ours pieces, sentencepiece $theirs"
done
