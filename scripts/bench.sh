#!/usr/bin/env bash
# Figures for real genomes, where they lie beside the repository, and simulated ones. BENCH_ARGS goes to the program;
# docs/BENCHMARKS.md is written by runs of everything only.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh bench
case " ${BENCH_ARGS:-}" in
  *browser-decode*) scripts/bootstrap.sh test ;;
esac
say "building"
cargo build --release --locked -p ragc-write -p ragc-tests --bins
RAGC=$(realpath "$TARGET/release/ragc")
export RAGC

case " ${BENCH_ARGS:-}" in
  *" --only"* | *" --quick"* | *" --growth-max"*) document=() ;;
  *) document=(--write docs/BENCHMARKS.md) ;;
esac
say "measuring"
# shellcheck disable=SC2086 # several arguments
"$TARGET/release/bench" "${document[@]}" ${BENCH_ARGS:-}
