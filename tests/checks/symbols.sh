#!/bin/sh
# What the static library needs from outside: nothing but what symbols.allowed names, with reasons.
# usage: symbols.sh STATIC-LIBRARY
set -eu
here=$(dirname "$0")
library=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "SYMBOL OBJECT" of every undefined symbol, and the names that the library defines itself.
nm -A -P -g "$library" |
    sed -n 's/^[^[]*\[\([^]]*\)\]: \([^ ]*\) \([^ ]*\).*/\3 \2 \1/p' >"$work/all"
[ -s "$work/all" ] || { echo "nm shows no symbol of $library"; exit 1; }
awk '$1 != "U" && $1 != "w" && $1 != "v" {print $2}' "$work/all" | sort -u >"$work/defined"
awk '$1 == "U" || $1 == "w" || $1 == "v" {print $2, $3}' "$work/all" | sort -u >"$work/needed"
grep -v '^#' "$here/symbols.allowed" | grep . >"$work/allowed"

failed=0
while read -r symbol object; do
    grep -qx -- "$symbol" "$work/defined" && continue
    allowed=no
    while read -r pattern where; do
        # shellcheck disable=SC2254 # patterns are meant
        case $symbol in
        $pattern) case $object in $where) allowed=yes ;; esac ;;
        esac
    done <"$work/allowed"
    [ $allowed = yes ] && continue
    echo "$object needs $symbol"
    failed=1
done <"$work/needed"
[ $failed = 0 ] && echo "$(wc -l <"$work/needed") references checked"
exit $failed
