# The Debian example's scripts: what belongs together comes out, in order; nothing else does.
cat > en <<'END'
Package: alpha
Description-md5: 1
Description-en: tool for large pictures (v2.0)
 This tool opens large pictures. It doesn't need much memory, i.e. it reads
 them by parts.
 .
 It has:
  * a quick viewer;
  * a printer for
    very large paper.

Package: beta
Description-md5: 2
Description-en: games for the quiet evening
 One sentence here. Another one here.

Package: gamma
Description-md5: 3
Description-en: another text than the translated one

Package: delta
Description-md5: 4
Description-en: Python binding documentation
END
cat > fr <<'END'
Package: alpha
Description-md5: 1
Description-fr: outil pour les grandes images (v2.0)
 Cet outil ouvre de grandes images. Il n’a pas besoin de beaucoup de mémoire,
 c'est-à-dire qu'il les lit par parties.
 .
 Il a :
  – une visionneuse rapide ;
  – une imprimante pour du
    très grand papier.

Package: beta
Description-md5: 2
Description-fr: jeux pour la soirée tranquille
 Une seule phrase au lieu de deux.

Package: gamma
Description-md5: 33
Description-fr: un texte traduit autrefois

Package: delta
Description-md5: 4
Description-fr: Python binding documentation
END
awk -f "$TOP/examples/debian/pairs.awk" fr en > pairs
awk -f "$TOP/examples/debian/tokens.awk" -v target=fr pairs
# The sentences are few: all parts together, in the order of their English.
paste train.en train.fr > all
for part in valid test; do
    [ ! -f $part.en ] || paste $part.en $part.fr >> all
done
sort all
