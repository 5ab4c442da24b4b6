#!/usr/bin/env bash
# Makes www/demo.agc anew, the archive that the page offers to strangers: eight simulated genomes of two haplotypes, with a
# few long and many short contigs, PanSN names, ambiguity letters and runs of N. The same bytes come out each time.

. "$(dirname "$0")/common.sh"
cargo build --release --locked -p ragc-write -p ragc-tests --bin ragc --bin simulate

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
simulate() { "$TARGET/release/simulate" --preset cohort --samples 16 --prefix SIM "$@" >/dev/null; }
simulate --seed 6 --bases 360000 --contigs 5 --divergence 0.004 --events 40 --out "$work/long"
simulate --seed 7 --bases 40000 --contigs 40 --divergence 0.006 --events 100 --draft-every 0 --out "$work/short"
mkdir "$work/genomes"
for file in "$work"/long/*.fa; do
  name=$(basename "$file")
  { sed 's/^>.*/& simulated chromosome/' "$file"; sed 's/^>\(.*#\)chr/>\1utg/; s/^>.*/& unplaced/' "$work/short/$name"; } >"$work/genomes/$name"
done
"$TARGET/release/ragc" create -q --index -s 4000 -o www/demo.agc "$work"/genomes/*.fa
"$TARGET/release/ragc" verify -q www/demo.agc
ls -l www/demo.agc
