# A room of libnmt includes only rooms that stand before it. A public header belongs to the room that
# defines its functions, and to the highest room of those whose headers it includes.
[ -d "$BUILD/obj/libnmt/base" ] || { echo 'libnmt is not built'; exit 77; }
cd "$TOP" || exit 1
for object in "$BUILD"/obj/libnmt/*/*.o; do
    nm -g --defined-only "$object" | awk -v room="$(basename "$(dirname "$object")")" '{ print "symbol", room, $3 }'
done >"$OLDPWD/facts"
for header in libnmt/include/nmt/*.h; do
    name=nmt/$(basename "$header")
    grep -o '\bnmt_[a-z0-9_]* *(' "$header" | tr -d ' (' | sort -u | sed "s|^|declares $name |"
    sed -n "s|^ *# *include *<\(nmt/[^>]*\)>.*|includes $name \1|p" "$header"
done >>"$OLDPWD/facts"
for file in libnmt/*/*.[ch]; do
    case $file in libnmt/include/*) continue ;; esac
    sed -n "s|^ *# *include *[<\"]\([^>\"]*\)[>\"].*|file $file \1|p" "$file"
done >>"$OLDPWD/facts"
for file in cmd/*.[ch]; do
    sed -n "s|^ *# *include *[<\"]\([^>\"]*\)[>\"].*|command $file \1|p" "$file"
done >>"$OLDPWD/facts"

awk 'BEGIN {
         n = split("base math text io layer model search train score draw", order, " ")
         for (i = 1; i <= n; i++) { number[order[i]] = i; name[i] = order[i] }
         may["score"] = " base text io score "; may["draw"] = " base io draw "
     }
     $1 == "symbol" { room[$3] = number[$2] }
     $1 == "declares" { if (room[$3] > level[$2]) level[$2] = room[$3]; known[$2] = 1 }
     $1 == "includes" { known[$2] = 1; from[++edges] = $2; to[edges] = $3 }
     $1 == "file" { files[++n_files] = $2; uses[n_files] = $3 }
     $1 == "command" && $3 ~ /^nmt\// { if (!($3 in known)) print $2 " includes " $3 ": no public header" }
     $1 == "command" && $3 ~ /(\/\.\.|^\.\.|_internal\.h$|^libnmt)/ { print $2 " includes " $3 }
     END {
         for (pass = 0; pass < n; pass++)
             for (e = 1; e <= edges; e++)
                 if (from[e] != "nmt/nmt.h" && level[to[e]] > level[from[e]]) level[from[e]] = level[to[e]]
         for (i = 1; i <= n_files; i++) {
             split(files[i], part, "/"); mine = part[2]
             if (!(mine in number)) { print files[i] " stands in no room"; continue }
             if (uses[i] == "nmt/nmt.h") print files[i] " includes nmt/nmt.h: name what it needs"
             if (uses[i] ~ /^nmt\//) {
                 l = level[uses[i]]
                 if (!l) continue
                 allowed = (mine in may) ? index(may[mine], " " name[l] " ") > 0 : l <= number[mine]
                 if (!allowed) print files[i] " (" mine ") includes " uses[i] " (" name[l] ")"
             } else if (uses[i] ~ /\//) {
                 # a private header of another room: "../layer/cell.h"
                 n_part = split(uses[i], part, "/"); other = part[n_part - 1]
                 if (!(other in number)) continue
                 allowed = (mine in may) ? index(may[mine], " " other " ") > 0 : number[other] <= number[mine]
                 if (!allowed) print files[i] " includes " uses[i]
                 if (other != mine && uses[i] ~ /_internal\.h$/) print files[i] " includes " uses[i]
             }
         }
     }' "$OLDPWD/facts" >"$OLDPWD/wrong"
cat "$OLDPWD/wrong"
[ ! -s "$OLDPWD/wrong" ]
