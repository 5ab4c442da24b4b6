#!/usr/bin/env bash
# What a visitor of an archive on a static host waits for: requests, bytes and time, in Chromium and on the command line.
# BENCH_ARGS goes to the program (tests/remote/main.ts). The tables of docs/PERFORMANCE.md, "Remote archives".

. "$(dirname "$0")/common.sh"
scripts/wasm.sh
scripts/bootstrap.sh test
say "building"
cargo build --release --locked -p ragc-write -p ragc-tests --bins

say "measuring"
# shellcheck disable=SC2086 # several arguments
node www/scripts/remote.mjs --programs "$TARGET/release" ${BENCH_ARGS:-}
