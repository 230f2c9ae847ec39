#!/bin/sh
# Installs with apt what building and testing needs and this machine lacks; quick and silent when
# nothing does. usage: sh tests/setup.sh [demo]   (demo: only what examples/demo.sh needs)
set -eu
PATH=$PATH:/usr/sbin:/sbin
missing=

# need PACKAGE COMMAND...: the commands a package brings.
need() {
    package=$1
    shift
    for command in "$@"; do
        if ! command -v "$command" >/dev/null 2>&1; then
            missing="$missing $package"
            return
        fi
    done
}

need gcc gcc
need libc6-dev ldd
need meson meson
need ninja-build ninja
need pkg-config pkg-config
need python3 python3
need tgt tgtd tgtadm
need coreutils sha256sum truncate
need diffutils cmp
[ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
if [ "${1:-all}" = all ]; then
    need g++ g++
    need clang clang clang++
    need clang-format clang-format
    need universal-ctags ctags
    need binutils nm
    need istgt istgt
    need libiscsi-bin iscsi-ls iscsi-inq iscsi-readcapacity16
    need tshark tshark dumpcap
    need valgrind valgrind callgrind_annotate
    need doxygen doxygen
    need git git
    pkg-config --exists cmocka 2>/dev/null || missing="$missing libcmocka-dev"
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "please install, by Debian's names:$missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "as root: apt-get install$missing" >&2; exit 1; }
    as_root=sudo
fi

# The targets are wanted as programs, not as services of this machine on port 3260.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod 755 $policy
    trap '$as_root rm -f $policy' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
echo "installing:$missing"
log=$(mktemp)
install() {
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing
}
if ! { $as_root apt-get update && install; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
