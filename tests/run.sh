#!/bin/sh
# Builds with gcc, clang and sanitizers, runs all tests, and fuzzes for a while. From a fresh clone:
# sh tests/run.sh. --quick: unit tests and checks of the gcc build only. --lio: instead of all these,
# the gcc build against the Linux kernel's target in an emulated machine. Ends with "N passed, N
# failed"; exit 0 only if nothing failed. What the tests said in full lies under
# build/test-*/meson-logs/.
set -u
cd "$(dirname "$0")/.." || exit 1
quick=no
lio=no
case ${1:-} in
'') ;;
--quick) quick=yes ;;
--lio) lio=yes ;;
*)
    echo "usage: sh tests/run.sh [--quick | --lio]" >&2
    exit 2
    ;;
esac
unset LIBISCSI_CHAP_USERNAME LIBISCSI_CHAP_PASSWORD
unset LIBISCSI_CHAP_TARGET_USERNAME LIBISCSI_CHAP_TARGET_PASSWORD
passed=0
failed=0

# build NAME COMPILER OPTION...: a build folder under build/, warnings being errors.
build() {
    folder=build/test-$1
    export CC="$2"
    shift 2
    if [ ! -f "$folder/build.ninja" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        meson setup "$folder" -Dwerror=true "$@" >"$folder.log" 2>&1 || {
            cat "$folder.log"
            return 1
        }
    fi
    meson compile -C "$folder" >"$folder.log" 2>&1 || {
        tail -n 60 "$folder.log"
        return 1
    }
}

# suite NAME LOG ARGUMENT...: runs tests of a build folder; leaves the log as LOG.json.
suite() {
    folder=build/test-$1
    log=$2
    shift 2
    echo "--- $folder: $log"
    rm -f "$folder/meson-logs/$log.json"
    meson test -C "$folder" --no-rebuild --print-errorlogs --logbase "$log" "$@" </dev/null ||
        echo "--- $folder: $log: failures"
    [ -s "$folder/meson-logs/$log.json" ] || {
        echo "FAILED $folder: $log did not run"
        failed=$((failed + 1))
    }
}

# emulated NAME: runs a test program of tests/lio, which is no part of the build's tests.
emulated() {
    log=build/test-gcc/meson-logs/run-emulated-$1.json
    PYTHONPATH=tests/interop PYTHONDONTWRITEBYTECODE=1 SANSCSI=build/test-gcc/examples/sanscsi \
        STRESS=build/test-gcc/tests/interop/stress SCSI=build/test-gcc/tests/interop/scsi \
        python3 tests/lio/record.py "emulated-$1" 1200 "$log" python3 "tests/lio/test_$1.py"
}

# count NAME: adds up what the suites of a build folder found.
count() {
    result=$(python3 tests/tally.py "$1" "build/test-$1"/meson-logs/run-*.json) || {
        failed=$((failed + 1))
        return
    }
    echo "$result" | sed '$d'
    result=$(echo "$result" | tail -n 1)
    passed=$((passed + ${result% *}))
    failed=$((failed + ${result#* }))
}

# configuration NAME COMPILER OPTION...: builds, or counts the failure to.
configuration() {
    echo "=== $1"
    rm -f "build/test-$1"/meson-logs/run-*.json
    build "$@" && return
    echo "FAILED $1: does not build"
    failed=$((failed + 1))
    return 1
}

prepare() {
    if [ $lio = yes ]; then sh tests/setup.sh --lio; else sh tests/setup.sh; fi
}

prepare || {
    echo "0 passed, 1 failed"
    exit 1
}

if [ $lio = yes ]; then
    if configuration gcc gcc; then
        emulated lio
        emulated chap
        emulated resets
        emulated scsi
        count gcc
    fi
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
    exit
fi

if configuration gcc gcc; then
    suite gcc run-unit --suite unit
    suite gcc run-checks --suite checks
    if [ $quick = no ]; then
        suite gcc run-interop --suite interop --num-processes 5
        suite gcc run-rogue --suite rogue
        suite gcc run-simulation --suite simulation
        suite gcc run-around --suite install --suite docs --suite python --suite readme \
            --suite embedding --suite analyse --suite fuzz --suite proof
    fi
    count gcc
fi
if [ $quick = no ] && configuration clang clang; then
    suite clang run-unit --suite unit
    suite clang run-around symbols analyser-clang-tidy
    count clang
fi
if [ $quick = no ] &&
    configuration sanitize gcc -Db_sanitize=address,undefined -Dbuildtype=debugoptimized; then
    export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    suite sanitize run-unit --suite unit --timeout-multiplier 3
    suite sanitize run-interop --suite interop --num-processes 5 --timeout-multiplier 2
    suite sanitize run-rogue --suite rogue --timeout-multiplier 3
    suite sanitize run-simulation --suite simulation --timeout-multiplier 3
    suite sanitize run-fuzz --suite fuzz --timeout-multiplier 3
    count sanitize
fi
# What reads memory that nobody has written; the longest tests are left out for time.
if [ $quick = no ] &&
    configuration msan clang -Db_sanitize=memory -Db_lundef=false -Ddefault_library=static \
        -Dexamples=false; then
    suite msan run-unit --suite unit --no-suite long --timeout-multiplier 3
    suite msan run-simulation worlds-0 long-1 --timeout-multiplier 3
    suite msan run-fuzz --suite fuzz --timeout-multiplier 3
    count msan
fi
if [ $quick = no ] && configuration fuzz clang -Dfuzz=true -Dtests=false -Dexamples=false; then
    suite fuzz run-short --suite fuzz-short
    count fuzz
fi

# machine NAME: a build by tests/cross/NAME.ini. Unit tests (but for those that are long under an
# emulator) and kept inputs of fuzzing show the order of bytes and the width of words, some simulated
# worlds the whole session, real targets that both ends agree.
machine() {
    configuration "$1" gcc --cross-file build/cross-packages/packages.ini \
        --cross-file "tests/cross/$1.ini" || return
    suite "$1" run-unit --suite unit --no-suite long --timeout-multiplier 3
    suite "$1" run-fuzz --suite fuzz --timeout-multiplier 3
    suite "$1" run-simulation --suite simulation --timeout-multiplier 3
    suite "$1" run-machine --suite machine
    [ "$1" = s390x ] || suite "$1" run-rogue --suite rogue
    count "$1"
}
if [ $quick = no ]; then
    machine s390x # big-endian
    machine i386  # 32 bits: also lengths that lie, by the scripts of tests/rogue
fi

echo "$passed passed, $failed failed"
[ $failed = 0 ]
