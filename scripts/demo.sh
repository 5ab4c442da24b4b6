#!/usr/bin/env bash
# From nothing to a page that shows an archive: builds, simulates, compresses, serves. Ctrl-C ends it.
#
# PORT names a port, else a free one is taken.

. "$(dirname "$0")/common.sh"
scripts/wasm.sh
say "building ragc"
cargo build --release --locked -p ragc-write -p ragc-tests --bin ragc --bin simulate

rm -rf demo
mkdir -p demo/genomes
say "simulating genomes"
"$TARGET/release/simulate" --seed 7 --samples 12 --bases 3000000 --contigs 5 --divergence 0.01 --prefix strain --out demo/genomes
say "compressing them"
"$TARGET/release/ragc" create -o demo/strains.agc demo/genomes/*.fa
rm -rf demo/genomes
cp -r www/dist/. demo/
cat >demo/config.json <<'END'
{
  "title": "Simulated strains",
  "archives": [
    { "name": "Strains", "url": "strains.agc", "text": "Twelve genomes of 3 Mb" },
    { "name": "Haplotypes", "url": "demo.agc", "text": "Eight genomes of two haplotypes, the demonstration of the page" }
  ],
  "links": []
}
END

say "serving demo/"
exec node scripts/serve.mjs demo strains.agc
