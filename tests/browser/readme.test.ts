// The examples of the package's README, run as they stand: those for pages in Chromium, those marked `node` in Node.
// A line that ends in `// => value` says what it gives.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import type { Browser } from 'playwright-core';

import { ownArchives, root, startBrowser, startHost, visit, type Host } from './harness.ts';
import { installPackage } from './packed.ts';

const readme = readFileSync(join(root, 'www/README.md'), 'utf8');
const examples = [...readme.matchAll(/^```js( node)?\n(.*?)^```/gms)].map(({ 1: node, 2: code = '', index }) => ({
  name: `${readme.slice(0, index).match(/^#+ .*$/gm)?.at(-1)?.replace(/^#+ /, '')}${node ? ', in Node' : ''}, line ${readme.slice(0, index).split('\n').length}`,
  inNode: Boolean(node),
  script: checking(code),
  claims: code.split('// =>').length - 1,
}));

/** The example, with what it says it gives checked. */
function checking(code: string): string {
  const lines = code.split('\n').map((line) => {
    const [, statement, value] = /^(.*\S);\s*\/\/ => (.+)$/.exec(line) ?? [];
    if (!statement) return line;
    const declared = /^const (\w+) =/.exec(statement)?.[1];
    return declared ? `${statement}; check(${declared}, ${value});` : `check(${statement}, ${value});`;
  });
  const check = `const check = (got, wanted) => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(JSON.stringify(got) + ' is not ' + JSON.stringify(wanted));
    checked++;
  };\nlet checked = 0;`;
  return `${lines.filter((line) => line.startsWith('import ')).join('\n')}\n${check}\n${lines.filter((line) => !line.startsWith('import ')).join('\n')}`;
}

let host: Host;
let browser: Browser;
let consumer: string;
before(async () => {
  consumer = installPackage('readme').folder;
  host = await startHost();
  browser = await startBrowser();
  const archive = ownArchives().find(({ path }) => path.endsWith('08-repeats.agc'))!.file;
  mkdirSync(join(host.made, 'readme'));
  cpSync(archive, join(host.made, 'readme/genomes.agc'));
  cpSync(archive, join(consumer, 'genomes.agc'));
  cpSync(join(consumer, 'node_modules/ragc'), join(host.made, 'readme/ragc'), { recursive: true });
});
after(async () => {
  await browser?.close();
  await host?.stop();
});

test('there are examples, and they claim something', () => {
  assert.ok(examples.length >= 7 && examples.some(({ inNode }) => inNode));
  for (const { name, claims } of examples) assert.ok(claims > 0, name);
});

for (const [i, { name, inNode, script, claims }] of examples.entries()) {
  test(name, async () => {
    if (inNode) {
      const file = join(consumer, `example-${i}.mjs`);
      writeFileSync(file, `${script}\nconsole.log(checked);`);
      assert.equal(Number(execFileSync(process.execPath, ['--no-warnings', file], { cwd: consumer, encoding: 'utf8' })), claims);
      return;
    }
    const map = JSON.stringify({ imports: { ragc: './ragc/dist/ragc.js' } });
    const code = `${script}\ndocument.title = checked;`;
    writeFileSync(join(host.made, `readme/${i}.html`), `<!doctype html><link rel="icon" href="data:,"><title></title><script type="importmap">${map}</script><script type="module">${code}</script>`);
    // One of them asks for what is not there.
    const { page, leave } = await visit(browser, `${host.origin}/made/readme/${i}.html`, { expected: /404/ });
    const thrown = new Promise<string>((resolve) => page.once('pageerror', ({ message }) => resolve(message)));
    const title = await Promise.race([page.waitForFunction(() => document.title).then(() => page.title()), thrown]);
    assert.equal(title, String(claims));
    await leave();
  });
}
