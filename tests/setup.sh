#!/bin/sh
# Installs with apt what building and testing needs and this machine lacks; quick and silent when
# nothing does. usage: sh tests/setup.sh [demo | --lio]
# demo: only what examples/demo.sh needs. --lio: also what `sh tests/run.sh --lio` needs, that is an
# emulator, and the packages of a kernel and a shell, which are only fetched to build/lio-packages.
set -eu
PATH=$PATH:/usr/sbin:/sbin
cd "$(dirname "$0")/.."
wanted=${1:-all}
case $wanted in
all | demo | --lio) ;;
*)
    echo "usage: sh tests/setup.sh [demo | --lio]" >&2
    exit 2
    ;;
esac
missing=
packages=build/lio-packages

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
if [ "$wanted" != demo ]; then
    need g++ g++
    need clang clang clang++
    # The sanitizers' and the fuzzer's own libraries, which the compiler only recommends.
    ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1 ||
        missing="$missing libclang-rt-dev"
    need clang-format clang-format
    need universal-ctags ctags
    need binutils nm
    need gcc-arm-none-eabi arm-none-eabi-gcc
    need istgt istgt
    need libiscsi-bin iscsi-ls iscsi-inq iscsi-perf iscsi-readcapacity16
    need tshark tshark dumpcap
    need valgrind valgrind callgrind_annotate
    need strace strace
    need doxygen doxygen
    need git git
    need mandoc mandoc
    need graphviz dot
    need abigail-tools abidiff
    [ -e /usr/include/iscsi/iscsi.h ] || missing="$missing libiscsi-dev"
    pkg-config --exists cmocka 2>/dev/null || missing="$missing libcmocka-dev"
fi
fetch=
if [ "$wanted" = --lio ]; then
    need qemu-system-x86 qemu-system-x86_64
    [ -e $packages/complete ] || fetch=yes
fi
[ -n "$missing$fetch" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "please install, by Debian's names:$missing${fetch:+; fetching packages needs apt-get}" >&2
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
echo "installing:$missing${fetch:+ (fetching a kernel and a shell for the guest)}"
log=$(mktemp)
install() {
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing
}

# The guest's parts are not installed: a kernel would want to become this machine's.
fetch_packages() {
    [ -n "$fetch" ] || return 0
    rm -rf $packages
    mkdir -p $packages
    kernel=$(apt-cache depends linux-image-cloud-amd64 |
        sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
    (cd $packages && apt-get download "$kernel" busybox-static) && touch $packages/complete
}
if ! { $as_root apt-get update && install && fetch_packages; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
