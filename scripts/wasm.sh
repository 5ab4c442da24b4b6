#!/usr/bin/env bash
# The page and its wasm module, as plain files in www/dist.

. "$(dirname "$0")/common.sh"
scripts/bootstrap.sh web
say "building www/dist"
(cd www && npm run --silent build)
