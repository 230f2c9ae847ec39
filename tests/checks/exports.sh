#!/bin/sh
# The symbols that the shared library exports are exactly those of exports.list, and every global
# symbol of either library begins with sanscsi_, so that it links beside any other iSCSI library.
# usage: exports.sh SHARED-LIBRARY STATIC-LIBRARY
# exports.sh --update SHARED-LIBRARY writes the list anew.
set -eu
here=$(dirname "$0")
exported() {
    nm -D --defined-only -P "$1" | awk '{print $1}' | LC_ALL=C sort
}
if [ "$1" = --update ]; then
    exported "$2" >"$here/exports.list"
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exported "$1" >"$work/exported"
failed=0
if ! diff -u "$here/exports.list" "$work/exported"; then
    echo "the shared library exports other symbols than tests/checks/exports.list"
    failed=1
fi
nm --defined-only -g -P "$2" | awk 'NF > 1 {print $1}' | sort -u >"$work/global"
[ -s "$work/global" ] || { echo "nm shows no symbol of $2"; exit 1; }
if grep -v '^sanscsi_' "$work/exported" "$work/global"; then
    echo "these symbols do not begin with sanscsi_"
    failed=1
fi
[ $failed = 0 ] && echo "$(wc -l <"$work/exported") exported, $(wc -l <"$work/global") global"
exit $failed
