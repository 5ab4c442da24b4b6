// How tests save something from the page, and where what is saved comes to lie.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

import type { Download, Page } from 'playwright-core';

import { ragc } from './harness.ts';

/** Chooses from the menu at a button. */
export async function save(page: Page, button: string, format: 'FASTA' | 'FASTA, gzipped' = 'FASTA'): Promise<void> {
  await page.click(button);
  await page.getByRole('menuitem', { name: format === 'FASTA' ? /^FASTA(?!,)/ : /^FASTA, gzipped/ }).click();
}

/** Ticks all samples, so that there is a button to save them. */
export async function tickAll(page: Page): Promise<void> {
  await page.check('#samples-list .head input');
}

/** What the browser downloads then. */
export async function downloaded(page: Page, button: string, format?: 'FASTA' | 'FASTA, gzipped'): Promise<{ name: string; bytes: Buffer; download: Download }> {
  const [download] = await Promise.all([page.waitForEvent('download'), save(page, button, format)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()), download };
}

/** What `ragc` writes for these arguments, the words before and after the archive. */
export function native(verb: string, archive: string, name: string): Buffer {
  return execFileSync(ragc!, [verb, archive, name], { maxBuffer: 1 << 30 });
}

/** Writes one contig of letters, with a letter changed at every `step`, and gives the digest of the file. */
export function writeGenome(path: string, megabases: number, step: number): string {
  const hash = createHash('sha256');
  const out = openSync(path, 'w');
  const write = (bytes: Buffer | string) => {
    hash.update(bytes);
    writeSync(out, bytes as Buffer);
  };
  write('>long contig of letters\n');
  const letters = [65, 67, 71, 84];
  let state = 12345;
  let at = 0;
  for (let megabase = 0; megabase < megabases; megabase++) {
    const lines = Buffer.alloc(1_000_000 + 12_500, '\n');
    for (let i = 0, to = 0; i < 1_000_000; i++, at++, to++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      const letter = state >>> 30;
      lines[to] = letters[step && at % step === 7 ? (letter + 1) % 4 : letter]!;
      if (i % 80 === 79) to++;
    }
    write(lines);
  }
  closeSync(out);
  return hash.digest('hex');
}

/**
 * In place of the pickers, which are windows of the system: whatever is picked lies in the browser's own file system,
 * where the same handles write. Runs in the page, before its scripts.
 */
export function pickInBrowser(): void {
  const pickers = globalThis as unknown as Record<string, (options: { suggestedName?: string }) => Promise<unknown>>;
  pickers.showSaveFilePicker = async ({ suggestedName = '' }) => (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
  pickers.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
}

/** Names, and hex SHA-256 of what is in them, of the files picked. */
export function picked(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const found: Record<string, string> = {};
    const look = async (folder: FileSystemDirectoryHandle, path: string) => {
      for await (const [name, handle] of (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries()) {
        if (handle.kind === 'directory') await look(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        else {
          const bytes = await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer();
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
          found[path + name] = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
        }
      }
    };
    await look(await navigator.storage.getDirectory(), '');
    return found;
  });
}
