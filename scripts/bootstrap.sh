#!/usr/bin/env bash
# Installs what is missing, and nothing that is there: without a network it succeeds when all is present.
#
#   bootstrap.sh rust     compiler with its components and targets, crates
#   bootstrap.sh bench    that, and what the independent decoder needs, if it is there
#   bootstrap.sh web      as rust, and wasm-bindgen and the npm packages
#   bootstrap.sh test     that, and a browser, nginx and JBrowse
#
# Needs rustup, Node 20 or newer and a C compiler; apt and root only when Debian packages are missing.

. "$(dirname "$0")/common.sh"

# apt_install PACKAGE...
apt_install() {
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    sudo=(sudo -n)
    sudo -n true 2>/dev/null || fail "missing Debian packages: run as root: apt-get update && apt-get install $*"
  fi
  command -v apt-get >/dev/null || fail "please install: $*"
  say "installing Debian packages: $*"
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_rust() {
  command -v cc >/dev/null || apt_install gcc libc6-dev
  command -v cargo >/dev/null || fail "cargo is missing: install rustup, see https://rustup.rs"
  local sysroot
  sysroot=$(rustc --print sysroot)
  if [ ! -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
    say "installing the wasm32 target"
    rustup target add wasm32-unknown-unknown
  fi
  if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    say "installing rustfmt and clippy"
    rustup component add rustfmt clippy
  fi
  # Everything in the lock file at once, so that later verbs need no network.
  if ! cargo fetch --locked --offline >/dev/null 2>&1; then
    say "fetching crates"
    cargo fetch --locked
  fi
}

# The tool must be of the same version as the crate, to the last digit.
install_wasm_bindgen() {
  local want
  want=$(locked_version wasm-bindgen)
  if [ "$(.cache/bin/wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $want" ]; then
    return
  fi
  say "building wasm-bindgen $want into .cache (some minutes, once)"
  CARGO_TARGET_DIR=.cache/wasm-bindgen-target cargo install wasm-bindgen-cli --version "=$want" --root .cache --force --quiet
  rm -rf .cache/wasm-bindgen-target
}

install_npm() {
  command -v node >/dev/null || fail "Node 20 or newer is missing"
  local major
  major=$(node --print 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node 20 or newer is needed, this is $(node --version)"
  local stamp=www/node_modules/.ragc-lock
  if cmp -s www/package-lock.json "$stamp"; then
    return
  fi
  say "installing npm packages"
  (cd www && npm ci --no-audit --no-fund)
  cp www/package-lock.json "$stamp"
}

install_browser() {
  local missing=()
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    [ -n "${CHROMIUM:-}" ] || missing+=(chromium)
  command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing+=(nginx)
  if [ ${#missing[@]} -gt 0 ]; then
    apt_install "${missing[@]}"
  fi
}

# JBrowse is one script in its package, with all that it needs in it. As a dependency it would bring 400 MB of packages along.
install_jbrowse() {
  local version=4.3.0 script=react-app.umd.production.min.js folder
  local sum=a977aee14ad0bd4ffbffd615a04787c9d7d26005ee8cac4c23b655a9564292c0ce0665f04360657988590ff13d0775c6ed798b4339515b32267d189dce3b4fc5
  if [ "$(cat .cache/jbrowse/version 2>/dev/null)" = "$version" ]; then
    return
  fi
  say "fetching JBrowse $version into .cache (7 MB, once)"
  folder=$(mktemp -d)
  npm pack --silent --pack-destination "$folder" "@jbrowse/react-app2@$version" >/dev/null
  echo "$sum  $folder/jbrowse-react-app2-$version.tgz" | sha512sum --check --quiet
  tar -xzf "$folder/jbrowse-react-app2-$version.tgz" -C "$folder" "package/dist/$script"
  mkdir -p .cache/jbrowse
  mv "$folder/package/dist/$script" .cache/jbrowse/
  echo "$version" >.cache/jbrowse/version
  rm -r "$folder"
}

# The independent decoder is no part of the repository; tests use it where it lies beside it.
install_decoder_packages() {
  [ -f ../shared/tools/agc_decode.py ] && command -v python3 >/dev/null || return 0
  if python3 -c 'import zstandard' 2>/dev/null || .cache/python/bin/python3 -c 'import zstandard' 2>/dev/null; then
    return
  fi
  say "installing the Python package zstandard into .cache/python"
  { python3 -m venv .cache/python && .cache/python/bin/pip install --quiet zstandard; } ||
    echo "could not: the tests that need it will say that they are skipped"
}

case "${1:-}" in
  rust | bench | web | test) ;;
  *) fail "usage: $0 rust|bench|web|test" ;;
esac
# One command a line: after `&&`, a shell goes on when a function breaks half-way.
install_rust
case "$1" in
  rust) exit ;;
  bench)
    install_decoder_packages
    exit
    ;;
esac
install_wasm_bindgen
install_npm
[ "$1" != web ] || exit 0
install_browser
install_jbrowse
install_decoder_packages
