#!/bin/sh
# Each public header compiles alone, as strict C99 and as C++11.
# usage: headers.sh SOURCE-ROOT BUILD-ROOT (for the generated version.h)
set -eu
failed=0
for header in "$1"/include/iscsi/*.h "$2"/include/iscsi/version.h; do
    name=iscsi/$(basename "$header")
    for compiler in 'gcc -xc -std=c99' 'g++ -xc++ -std=c++11' 'clang -xc -std=c99' \
        'clang++ -xc++ -std=c++11'; do
        # shellcheck disable=SC2086 # a compiler with its options
        echo "#include <$name>" | $compiler -pedantic-errors -Wall -Wextra -Werror -fsyntax-only \
            -I"$1/include" -I"$2/include" - || { echo "$name: $compiler" && failed=1; }
    done
done
exit $failed
