#!/bin/sh
# Shows the main job on this machine: builds the example, starts a real target, finds it, writes
# and reads a disk, and explains a failure. usage: sh examples/demo.sh [--keep]
# --keep: starts the target alone, tells its URL, and keeps it until Ctrl-C or SIGTERM.
set -eu
keep=no
case $#${1:-} in
0) ;;
1--keep) keep=yes ;;
*)
    echo "usage: sh examples/demo.sh [--keep]" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin
build=build/demo
work=$(mktemp -d /tmp/sanscsi-demo-XXXXXX)
target_name=iqn.2026-01.example.demo:disks
tgtd_pid=

end() {
    status=$?
    trap - EXIT
    if [ -n "$tgtd_pid" ]; then
        # SIGTERM would not do: tgtd obeys it only when it has no targets left.
        kill -9 "$tgtd_pid" 2>/dev/null || true
        wait "$tgtd_pid" 2>/dev/null || true
    fi
    rm -rf "$work"
    [ $status = 0 ] || echo "The demo did not come to its end (exit code $status)." >&2
    exit $status
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
    printf '\n# %s\n' "$*"
}

# Shows a command as one would type it, then runs it.
show() {
    printf '$ %s\n' "$*"
    "$@"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# The example program; shown by its short name.
sanscsi() {
    printf '$ sanscsi %s\n' "$*"
    "$build/examples/sanscsi" "$@"
}

# A port of 127.0.0.1 nobody listens on.
free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

admin() {
    tgtadm -C "$control" --lld iscsi "$@"
}

start_target() {
    port=$(free_port)
    control=$(($$ % 30000 + 1))
    export TGT_IPC_SOCKET="$work/ipc"
    tgtd -f -C $control --iscsi portal=127.0.0.1:"$port" >"$work/tgtd.log" 2>&1 </dev/null &
    tgtd_pid=$!
    tries=0
    until admin --mode target --op show >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ] || ! kill -0 $tgtd_pid 2>/dev/null; then
            cat "$work/tgtd.log" >&2
            fail "tgtd does not start"
        fi
        sleep 0.1
    done
    truncate -s 64M "$work/disk1.img"
    truncate -s 32M "$work/disk2.img"
    admin --mode target --op new --tid 1 --targetname $target_name
    for setting in HeaderDigest=None,CRC32C DataDigest=None,CRC32C MaxOutstandingR2T=8 \
        InitialR2T=No MaxRecvDataSegmentLength=262144 FirstBurstLength=262144 \
        MaxBurstLength=1048576; do
        admin --mode target --op update --tid 1 --name ${setting%%=*} --value ${setting#*=}
    done
    for lun in 1 2; do
        admin --mode logicalunit --op new --tid 1 --lun $lun --backing-store "$work/disk$lun.img"
    done
    admin --mode target --op bind --tid 1 --initiator-address ALL
}

# A second target, which lets in whom it knows, and proves itself too.
start_chap_target() {
    admin --mode account --op new --user demo --password demo-secret-one
    admin --mode account --op new --user disk --password demo-secret-two
    admin --mode target --op new --tid 2 --targetname $target_name-chap
    admin --mode logicalunit --op new --tid 2 --lun 1 --backing-store "$work/disk2.img"
    admin --mode account --op bind --tid 2 --user demo
    admin --mode account --op bind --tid 2 --user disk --outgoing
    admin --mode target --op bind --tid 2 --initiator-address ALL
}

# write_and_read LBA OPTION...: 8 MiB of random data to LUN 1 and back, compared twice.
write_and_read() {
    lba=$1
    shift
    head -c 8388608 /dev/urandom >"$work/random"
    rm -f "$work/back"
    sanscsi "$@" write "$url" --lba "$lba" --input "$work/random"
    sanscsi "$@" read "$url" --lba "$lba" --blocks 16384 --output "$work/back"
    show cmp "$work/random" "$work/back" || fail "what was read is not what was written"
    stored=$(dd if="$work/disk1.img" bs=512 skip="$lba" count=16384 2>/dev/null | sha256sum)
    sent=$(sha256sum <"$work/random")
    echo "sent    ${sent%% *}"
    echo "stored  ${stored%% *}  (the target's own file)"
    [ "$sent" = "$stored" ] || fail "the target's file holds something else"
    echo 'Identical.'
}

sh tests/setup.sh demo

# Keeps the target for programs of the user's.
keep_target() {
    start_target
    printf 'The demo target says hello.\n' | dd of="$work/disk1.img" conv=notrunc 2>/dev/null
    trap 'exit 0' INT TERM # the user's end is a good one
    echo "The demo target runs. Its disks hold 64 and 32 MiB:"
    for lun in 1 2; do
        echo "    iscsi://127.0.0.1:$port/$target_name/$lun"
    done
    echo "Press Ctrl-C to end it, or: kill $$"
    wait $tgtd_pid || true
    cat "$work/tgtd.log" >&2
    fail "tgtd has ended by itself"
}

say "Build the library and the example initiator (log: $build.log)"
mkdir -p build
if ! {
    [ -f $build/build.ninja ] || { rm -rf $build && meson setup $build -Dtests=false; }
    meson compile -C $build
} >$build.log 2>&1 </dev/null; then
    tail -n 40 $build.log >&2
    fail "the build"
fi
show ls $build/examples/sanscsi
[ $keep = no ] || keep_target

say "Start a real target: tgt, private, on loopback, with two disks"
start_target
portal=127.0.0.1:$port
url=iscsi://$portal/$target_name/1
echo "tgtd (process $tgtd_pid) serves $target_name at $portal"

say "Discover: which targets does this portal offer?"
sanscsi discover "$portal"

say "Scan: log in to each target and look at its logical units"
sanscsi scan "$portal"

say "Ask one disk what it is and how large it is"
sanscsi inquiry "$url"
sanscsi capacity "$url"

say "Write 8 MiB of random data, read them back, compare with each other and with the target's file"
write_and_read 2048

say "The same with CRC32C digests over every header and all data"
write_and_read 32768 --header-digest crc32c --data-digest crc32c

say "Copy a whole disk to a file, then other contents back, with many commands in flight"
sanscsi copy "iscsi://$portal/$target_name/2" "$work/copy.img"
show cmp "$work/disk2.img" "$work/copy.img" || fail "the copy differs from the disk"
head -c 33554432 /dev/urandom >"$work/copy.img"
sanscsi copy "$work/copy.img" "iscsi://$portal/$target_name/2"
show cmp "$work/copy.img" "$work/disk2.img" || fail "the disk differs from the copy"

say "Is the target alive, and how fast does it answer?"
sanscsi ping "$url" --count 3

say "Log in with CHAP, both sides proving themselves; the secrets come from files"
start_chap_target
echo demo-secret-one >"$work/own"
echo demo-secret-two >"$work/theirs"
chap_url=iscsi://$portal/$target_name-chap/1
sanscsi --chap-user demo --chap-secret-file "$work/own" --target-chap-user disk \
    --target-chap-secret-file "$work/theirs" capacity "$chap_url"

say "The same with a wrong secret for the target: it is not taken for what it claims to be"
code=0
echo demo-secret-six >"$work/theirs"
sanscsi --chap-user demo --chap-secret-file "$work/own" --target-chap-user disk \
    --target-chap-secret-file "$work/theirs" --event-log "$work/events" capacity "$chap_url" ||
    code=$?
[ $code = 1 ] || fail "exit code $code instead of 1"
grep -q '"event":26,' "$work/events" || fail "no event 26 in the log"
rm -f "$work/events"

say "A failure is an event with a number, arguments and causes. Here: a target that is not there"
code=0
missing=iscsi://$portal/$target_name-2/1
sanscsi --reconnect 0 --event-log "$work/events" capacity "$missing" || code=$?
echo "(exit code $code)"
[ $code = 1 ] || fail "exit code $code instead of 1"
show cat "$work/events"
grep -q '"event":36,' "$work/events" || fail "no event 36 in the log"

say "What that event means and what to do about it"
sanscsi explain 36 status_class=2 status_code=3 "target_address=$portal"

say "Done: everything that was written was read back identical. The target is ended now."
