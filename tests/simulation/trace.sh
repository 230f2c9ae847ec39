#!/bin/sh
# The trace of a seed is the same in every run, and in the middle of other seeds; a world that fails
# tells its last notes and how to repeat it. usage: trace.sh SIMULATION
set -eu
simulation=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

die() {
    echo "FAILED: $1"
    exit 1
}

for seed in 3 4 5 6; do
    "$simulation" --seed $seed >"$folder/once"
    "$simulation" --seed $seed >"$folder/again"
    cmp "$folder/once" "$folder/again" || die "two runs of seed $seed differ"
    hash=$(tail -n 1 "$folder/once")
    "$simulation" --hashes 1 6 | grep -q "^seed $seed: ${hash#hash }, " ||
        die "seed $seed depends on the seeds before it"
    for line in 'Login Request tag' 'SCSI Command tag' 'SCSI Response tag' 'submit operation' \
        'done user' 'CONNECT number' 'logged out'; do
        grep -q "$line" "$folder/once" || die "no '$line' in the trace of seed $seed"
    done
done

"$simulation" --fail 3 >"$folder/out" 2>"$folder/report" && die 'a world that fails passes'
tail -n 1 "$folder/report" | grep -qx 'again: simulation --seed 3' || die 'no way to repeat is told'
[ "$(wc -l <"$folder/report")" -gt 20 ] || die 'no notes are told'
"$simulation" --seed 3 | grep -qF "$(tail -n 3 "$folder/report" | head -n 1)" ||
    die 'the notes are not those of the trace'
