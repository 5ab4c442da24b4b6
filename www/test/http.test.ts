// Each way in which hosts misbehave, met by the source in Node; ../../tests/browser/http.test.ts does the same in a page.

import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { CASES, type Lab } from './cases.ts';
import { startHostile, type Hostile } from './hostile.ts';

/** The root of the repository, put here when the tests are bundled. */
declare const REPOSITORY: string;

// Some at a time: much of them is waiting.
describe('a source and hostile servers', { concurrency: 4 }, () => {
  let host: Hostile;
  let lab: Lab;
  before(async () => {
    const small = readFileSync(`${REPOSITORY}/tests/data/tiny.agc`);
    host = await startHostile({ small });
    lab = { inPage: false, origin: host.origin, other: host.other, small: new Uint8Array(small) };
  });
  after(() => host.close());

  for (const { name, run } of CASES) test(name, () => run(lab));
});
