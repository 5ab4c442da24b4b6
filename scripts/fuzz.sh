#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (600). Needs a nightly compiler and cargo-fuzz, which is built when missing.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh rust
cargo +nightly --version >/dev/null 2>&1 || fail "a nightly compiler is missing: rustup toolchain install nightly"
PATH="$PWD/.cache/bin:$PATH"
if ! command -v cargo-fuzz >/dev/null; then
  say "building cargo-fuzz into .cache (once)"
  CARGO_TARGET_DIR=.cache/cargo-fuzz-target cargo +nightly install cargo-fuzz --root .cache --quiet
  rm -rf .cache/cargo-fuzz-target
fi
for file in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$file" .rs)
  say "fuzzing $target for ${FUZZ_SECONDS:-600} s"
  # What is found is kept in the first folder; the others are where the search starts.
  corpora=("fuzz/corpus/$target")
  if [ "$target" = open_and_ask ]; then
    corpora+=(tests/data tests/failed)
  elif [ "$target" = index ]; then
    corpora+=(tests/data/index)
  fi
  mkdir -p "${corpora[0]}"
  cargo +nightly fuzz run "$target" "${corpora[@]}" -- -max_total_time="${FUZZ_SECONDS:-600}" -rss_limit_mb=2048
done
