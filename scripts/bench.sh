#!/usr/bin/env bash
# Figures for simulated genomes, and for real ones where they lie beside the repository. BENCH_ARGS goes to the program.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh rust
say "building"
cargo build --release --locked -p ragc-write -p ragc-tests --bins
RAGC=$(realpath "$TARGET/release/ragc")
export RAGC

folders=()
for name in yeast ecoli sarscov2 acd6-arabidopsis; do
  if [ -d "../shared/corpora/$name" ]; then
    folders+=(--folder "../shared/corpora/$name")
  else
    echo "SKIPPED: ../shared/corpora/$name is absent"
  fi
done
say "measuring"
# shellcheck disable=SC2086 # several arguments
"$TARGET/release/bench" --simulated "${folders[@]}" --reference S288C ${BENCH_ARGS:-}
