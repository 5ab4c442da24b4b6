#!/usr/bin/env bash
# Every test there is. Runs on after a failure and says at the end what failed, what was skipped, and how many ran.
#
# AGC names the C++ tool; without it the tests that compare with it say that they are skipped.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh test

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=()

# step WHAT COMMAND...
step() {
  local what=$1
  shift
  say "$what"
  if ! "$@" 2>&1 | tee -a "$log"; then
    failed+=("$what")
  fi
}

say "building ragc"
cargo build --release --locked -p ragc-write -p ragc-tests --bins
RAGC=$(realpath "$TARGET/release/ragc")
export RAGC

# Optimised, with overflow and debug assertions checked.
tests=(cargo test --locked --profile checked --no-fail-fast)
reading=(--test golden --test plans --test broken --test parallel)
step "unit and integration tests" "${tests[@]}" --workspace --lib --bins --tests
step "reader alone, by ruzstd" "${tests[@]}" -p ragc-read --features fs --lib
step "archives read by ruzstd" "${tests[@]}" -p ragc-tests --no-default-features "${reading[@]}"
step "archives read by zrip" "${tests[@]}" -p ragc-tests --no-default-features --features zrip "${reading[@]}"
step "examples in the documentation" "${tests[@]}" --workspace --doc

step "page" bash -c 'cd www && npm run --silent build'
step "page: unit tests" bash -c 'cd www && npm test --silent'
step "page: browser tests" bash -c 'cd www && npm run --silent test:browser'
step "page: pictures" bash -c 'cd www && npm run --silent screenshots'

say "totals"
awk '
  /^test result: / { for (i = 1; i < NF; i++) { if ($(i + 1) == "passed;") pass += $i; if ($(i + 1) == "failed;") fail += $i; if ($(i + 1) == "ignored;") ignored += $i } }
  /^(#|ℹ) pass [0-9]+/ { web += $3 }
  /^(#|ℹ) fail [0-9]+/ { fail += $3 }
  /^(#|ℹ) skipped [0-9]+/ { ignored += $3 }
  END { printf "%d Rust tests and %d of the page passed, %d failed, %d ignored\n", pass, web, fail, ignored }
' "$log"
grep -aho 'SKIPPED: .*' "$log" | sort | uniq -c || true
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}"
  exit 1
fi
