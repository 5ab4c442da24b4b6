#!/usr/bin/env bash
# Figures for real genomes, where they lie beside the repository, and simulated ones. BENCH_ARGS goes to the program.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh rust
say "building"
cargo build --release --locked -p ragc-write -p ragc-tests --bins
RAGC=$(realpath "$TARGET/release/ragc")
export RAGC

say "measuring"
# shellcheck disable=SC2086 # several arguments
"$TARGET/release/bench" ${BENCH_ARGS:-}
