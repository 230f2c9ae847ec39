#!/bin/sh
# Every C file is as clang-format leaves it. usage: format.sh SOURCE-ROOT
set -eu
cd "$1"
find lib include examples tests fuzz -name '*.[ch]' | LC_ALL=C sort >"${TMPDIR:-/tmp}/format.$$"
trap 'rm -f "${TMPDIR:-/tmp}/format.$$"' EXIT
[ -s "${TMPDIR:-/tmp}/format.$$" ]
xargs clang-format --dry-run -Werror <"${TMPDIR:-/tmp}/format.$$"
echo "$(wc -l <"${TMPDIR:-/tmp}/format.$$") files"
