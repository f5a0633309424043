# Completion of the nmt programs for fish. Every program is asked for its own table of options
# (--print-options: letter, name, value, help, separated by tabs), so nothing here goes stale.

function __nmt_keys
    nmt-train --dump-config 2>/dev/null |
        awk '/^[a-z]/ { sub(":.*", ""); s = $0; next } { sub(":.*", "", $1); print s "." $1 "=" }'
end

function __nmt_load --argument-names program
    command -q $program; or return
    command $program --print-options 2>/dev/null | while read --delimiter \t letter name value help
        test -n "$help"; or continue
        set -l spec -c $program -l $name -d "$help"
        test "$letter" = -; or set -a spec -s $letter
        switch $value
            case -
                complete $spec
            case '*FILE*' '*MODEL*' '*VOCAB*' '*STREAM*' '*TARGET*' '*SOURCE*' 'SRC*' 'TGT*' '*REF*' '*BASELINE*' '*DIR*'
                complete $spec -r -F
            case 'KEY=VALUE'
                complete $spec -x -a '(__nmt_keys)'
            case '*|*' '*,*' '[*'
                complete $spec -x -a (string replace -ra '[][. ]' '' -- $value | string replace -ra '[|,]' ' ')
            case '*'
                # "prob (i-j:p), matrix or svg", perhaps after a colon: a list of single words
                set -l words (string replace -ra ' *\([^)]*\)' '' -- $help |
                    string replace -r ';.*' '' | string replace -r '^.*: *' '' |
                    string replace -ra ',? or ' ', ')
                if string match -qr '^([[:alnum:]-]+, )+[[:alnum:]-]+$' -- $words
                    complete $spec -x -a (string replace -ra ', *' ' ' -- $words)
                else
                    complete $spec -x
                end
        end
    end
end

for program in nmt-vocab nmt-train nmt-encode nmt-decode nmt-align nmt-bleu
    __nmt_load $program
end
