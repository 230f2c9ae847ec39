#!/bin/sh
# Installs with apt what building and testing needs and this machine lacks; quick and silent when
# nothing does. usage: sh tests/setup.sh [demo | --lio]
# demo: only what examples/demo.sh needs. --lio: also what `sh tests/run.sh --lio` needs, that is an
# emulator, and the packages of a kernel and a shell, which are only fetched to build/lio-packages.
# Libraries of other machines are only fetched, too, to build/cross-packages.
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
cross=build/cross-packages
machines='i386 s390x'

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
    need lld ld.lld
    need universal-ctags ctags
    need binutils nm
    need gcc-arm-none-eabi arm-none-eabi-gcc
    need istgt istgt
    need libiscsi-bin iscsi-ls iscsi-inq iscsi-perf iscsi-readcapacity16
    need tshark tshark dumpcap
    need valgrind valgrind callgrind_annotate
    need strace strace
    need mypy mypy
    need doxygen doxygen
    need git git
    need mandoc mandoc
    need graphviz dot
    need abigail-tools abidiff
    ls /usr/lib/*/libnss_wrapper.so >/dev/null 2>&1 || missing="$missing libnss-wrapper"
    [ -e /usr/include/iscsi/iscsi.h ] || missing="$missing libiscsi-dev"
    need clang-tidy clang-tidy run-clang-tidy
    need gcc-s390x-linux-gnu s390x-linux-gnu-gcc
    need gcc-i686-linux-gnu i686-linux-gnu-gcc
    need qemu-user qemu-s390x qemu-arm
    [ -e /usr/s390x-linux-gnu/include/stdio.h ] || missing="$missing libc6-dev-s390x-cross"
    [ -e /usr/i686-linux-gnu/include/stdio.h ] || missing="$missing libc6-dev-i386-cross"
    need frama-c-base frama-c
    need why3 why3
    need z3 z3
    need cvc4 cvc4
    pkg-config --exists cmocka 2>/dev/null || missing="$missing libcmocka-dev"
fi
fetch=
fetch_cross=
if [ "$wanted" = all ]; then
    [ -e $cross/packages.ini ] || fetch_cross=yes
fi
if [ "$wanted" = --lio ]; then
    need qemu-system-x86 qemu-system-x86_64
    [ -e $packages/complete ] || fetch=yes
fi
[ -n "$missing$fetch$fetch_cross" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "please install, by Debian's names:$missing; fetching packages needs apt-get" >&2
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
echo "installing:$missing${fetch:+ (fetching a kernel and a shell for the guest)}" \
    "${fetch_cross:+(fetching libraries of other machines)}"
log=$(mktemp)
install() {
    # Not each release of Debian has Frama-C; where it is not, the tests that need it say so.
    apt-cache show frama-c-base >/dev/null 2>&1 ||
        missing=$(echo "$missing" | sed 's/ frama-c-base//')
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

# other OPTION...: apt-get for another machine; this machine's own lists and packages stay as they are.
other() {
    apt-get -o "Dir::State=$state" -o "Dir::State::status=$state/status" \
        -o "Dir::Cache=$state/cache" -o "APT::Architecture=$machine" \
        -o "APT::Architectures::=$machine" -o APT::Sandbox::User=root "$@"
}

fetch_libraries() {
    [ -n "$fetch_cross" ] || return 0
    rm -rf $cross
    mkdir -p $cross
    for machine in $machines; do
        state=$PWD/$cross/$machine.apt
        mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
        : >"$state/status"
        # A list of another suite that cannot be had is no hindrance; a package that cannot, is.
        other update || true
        (cd "$state" && other download libcmocka0 libcmocka-dev) || return 1
        for package in "$state"/*.deb; do
            dpkg-deb -x "$package" "$cross/$machine" || return 1
        done
        rm -rf "$state"
    done
    # What the files of tests/cross take from here.
    printf "[constants]\npackages = '%s'\n" "$PWD/$cross" >$cross/packages.ini
}
if ! { $as_root apt-get update && install && fetch_packages && fetch_libraries; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
