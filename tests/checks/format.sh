#!/bin/sh
# Every C file is as clang-format leaves it. usage: format.sh SOURCE-ROOT
set -eu
cd "$1"
written_for=14 # releases differ in what they do with macros and long initializers
version=$(clang-format --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != $written_for ]; then
    echo "skipped: the files are formatted by clang-format $written_for, here is $version"
    exit 77
fi
find lib include examples tests fuzz -name '*.[ch]' | LC_ALL=C sort >"${TMPDIR:-/tmp}/format.$$"
trap 'rm -f "${TMPDIR:-/tmp}/format.$$"' EXIT
[ -s "${TMPDIR:-/tmp}/format.$$" ]
xargs clang-format --dry-run -Werror <"${TMPDIR:-/tmp}/format.$$"
echo "$(wc -l <"${TMPDIR:-/tmp}/format.$$") files"
