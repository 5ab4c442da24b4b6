// A contig that is far longer than what may be in memory, streamed: `npm run test:memory` does it with 250 megabases.
// RAGC names the binary that makes the archive; without one this is skipped aloud.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { AgcArchive } from '../../www/src/index.ts';
import { wasmBytes } from '../../www/src/wasm.ts';
import { dist, ragc } from './harness.ts';
import { writeGenome } from './saving.ts';

const MEGABASES = Number(process.env.RAGC_MEGABASES ?? 40);
/** All of the contig decoded would be more than either. */
const CACHE_BYTES = MEGABASES < 100 ? 4 << 20 : undefined;
const WASM_BYTES_MAX = MEGABASES < 100 ? 24e6 : 128e6;
/** Of the script: batches ahead, and what they are made of. */
const BUFFERS_MAX = 30e6;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test(`a contig of ${MEGABASES} Mb is streamed in a fixed amount of memory`, { timeout: 900_000 }, async (t) => {
  if (!ragc) {
    console.log('SKIPPED: no ragc binary (RAGC, or target/release/ragc)');
    return t.skip('no ragc binary');
  }
  const folder = mkdtempSync(join(tmpdir(), 'ragc-memory-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const samples = { first: writeGenome(join(folder, 'first.fa'), MEGABASES, 0), second: writeGenome(join(folder, 'second.fa'), MEGABASES, 1000) };
  const file = join(folder, 'long.agc');
  execFileSync(ragc, ['create', '-o', file, join(folder, 'first.fa'), join(folder, 'second.fa')], { stdio: ['ignore', 'ignore', 'inherit'] });

  const wasm = readFileSync(join(dist, 'ragc.wasm'));
  const archive = await AgcArchive.open(await openAsBlob(file), { wasm, ...(CACHE_BYTES !== undefined && { cacheBytes: CACHE_BYTES }) });
  for (const [sample, digest] of Object.entries(samples)) {
    const hash = createHash('sha256');
    let [buffers, chunks] = [0, 0];
    for await (const chunk of archive.stream(sample)) {
      hash.update(chunk);
      if (++chunks % 5) continue;
      collectGarbage();
      // What was collected is given back a little later.
      await new Promise((resolve) => setTimeout(resolve, 20));
      buffers = Math.max(buffers, process.memoryUsage().arrayBuffers);
    }
    assert.equal(hash.digest('hex'), digest, `${sample} as it went in`);
    const wasmMegabytes = (await wasmBytes()) / 1e6;
    console.log(`# ${sample}: ${MEGABASES} Mb; wasm ${wasmMegabytes.toFixed(1)} MB, buffers ${(buffers / 1e6).toFixed(1)} MB`);
    assert.ok(wasmMegabytes * 1e6 < WASM_BYTES_MAX, `${wasmMegabytes} MB of wasm memory`);
    assert.ok(buffers < BUFFERS_MAX, `${buffers} bytes of buffers`);
  }
  archive.close();
});
