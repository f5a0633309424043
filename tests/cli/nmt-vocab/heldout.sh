# On text that was not learnt from, vocabularies of nmt-vocab need at most 1 % more pieces than those of
# spm_train of the same size.
command -v spm_train >/dev/null || { echo 'sentencepiece is not installed'; exit 77; }
case $BUILD in *san-*) echo "compares with sentencepiece on large text: not under sanitizers"; exit 77 ;; esac
data=$SHARED/data
[ -f "$data/multi30k/train.en.gz" ] || { echo "no $data/multi30k"; exit 77; }
m=$data/multi30k d=$data/debian-en-fr
gzip -dc "$m/train.en.gz" >en
gzip -dc "$m/train.de.gz" >de
cat en de >joint
gzip -dc "$d/train.en.gz" "$d/train.fr.gz" | awk 'NR % 4 == 0' >manual
gzip -dc "$m/val.en.gz" "$m/test_2016.en.gz" >en.held
gzip -dc "$m/val.de.gz" "$m/test_2016.de.gz" >de.held
cat en.held de.held >joint.held
gzip -dc "$d/dev.en.gz" "$d/dev.fr.gz" "$d/test.en.gz" "$d/test.fr.gz" >manual.held
for case in en:500 en:4000 de:500 de:8000 joint:500 joint:8000 manual:2000 manual:16000; do
    text=${case%:*} size=${case#*:}
    spm_train --model_type=bpe --input=$text --model_prefix=spm --vocab_size=$size \
        --max_sentence_length=100000 --minloglevel=2 >log 2>&1 || { cat log; exit 1; }
    nmt-vocab -s $size -o own $text || exit 1
    theirs=$(spm_encode --model=spm.model --output_format=id <$text.held | wc -w)
    ours=$(nmt-vocab -e own $text.held | wc -w)
    [ "$ours" -gt 1000 ] && [ $((ours * 100)) -le $((theirs * 101)) ] ||
        echo "$text, $size pieces: $ours, sentencepiece $theirs"
done
