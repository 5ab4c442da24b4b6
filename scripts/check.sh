#!/usr/bin/env bash
# Formatting, lints, documentation and types; warnings are errors.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh web

wasm=(-p ragc-read --lib --target wasm32-unknown-unknown --features wasm,zstd-zrip)

say "rustfmt"
cargo fmt --all --check
say "clippy"
cargo clippy --locked --workspace --all-targets -- -D warnings
# As the page has it, and as a stranger's program without any feature has it.
cargo clippy --locked "${wasm[@]}" -- -D warnings
cargo clippy --locked -p ragc-read --lib -- -D warnings
say "rustdoc"
export RUSTDOCFLAGS="-D warnings"
cargo doc --locked --workspace --no-deps --quiet
cargo doc --locked "${wasm[@]}" --no-deps --quiet
say "tsc"
# The types of the bindings come with the wasm module; building checks all types.
(cd www && npm run --silent build)
