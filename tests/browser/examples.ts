// The code blocks of a document, and how what they say of themselves is checked: in JavaScript a line that ends in
// `// => value` says what it gives.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './harness.ts';

export interface Example {
  /** Document, heading and line. */
  name: string;
  language: string;
  /** What stands behind the language: `node`, `elsewhere`, or the name of a file. */
  use: string;
  code: string;
}

export function examplesOf(document: string): Example[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(({ 1: language = '', 2: use = '', 3: code = '', index }) => {
    const before = text.slice(0, index);
    const heading = before.replace(/^```.*?^```$/gms, '').match(/^#+ .*$/gm)?.at(-1)?.replace(/^#+ /, '');
    return { name: `${document}, ${heading}, line ${before.split('\n').length}`, language, use, code };
  });
}

export const claimsIn = (code: string) => code.split('// =>').length - 1;

/** A module that does what the example does, checks what that gives, and leaves in `checked` how much it checked. */
export function checking(code: string): string {
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

/** Whether output has all lines wanted, in any order; `…` in them is anything. */
export function missingLines(output: string, wanted: string): string[] {
  const lines = output.split(/\r?\n/);
  const pattern = (line: string) => new RegExp(`^${line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'i');
  return wanted.trimEnd().split('\n').filter((line) => !lines.some((got) => pattern(line).test(got)));
}
