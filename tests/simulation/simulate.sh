#!/bin/sh
# Runs SEEDS worlds (50000) from seed FIRST (1000000) on, at low priority, a process for each
# processor. usage: simulate.sh SIMULATION
set -eu
simulation=$1
seeds=${SEEDS:-50000}
first=${FIRST:-1000000}
processes=$(nproc)
share=$(((seeds + processes - 1) / processes))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
part=0
pids=
while [ $part -lt "$processes" ]; do
    nice -n 19 "$simulation" --hashes $((first + part * share)) $share >"$folder/$part" 2>&1 &
    pids="$pids $!"
    part=$((part + 1))
done
failed=0
part=0
for pid in $pids; do
    wait "$pid" || {
        failed=1
        tail -n 400 "$folder/$part"
    }
    part=$((part + 1))
done
[ $failed = 0 ] && echo "$((share * processes)) worlds from seed $first on"
exit $failed
