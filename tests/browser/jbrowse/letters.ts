// What a person sees in a view of JBrowse: the letters of the upper strand, by their positions on the ruler.

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

/** JBrowse is a large program, and tests run on small machines. */
export const PATIENCE_MS = 60_000;

interface View {
  pxToBp(px: number): { coord: number };
  initialized: boolean;
}

/** Waits until view `number` shows `letters` from `start` on, counted from 1; it may show others on its way there. */
export async function assertLetters(page: Page, number: number, start: number, letters: string): Promise<void> {
  let shown: string | undefined;
  for (const until = Date.now() + PATIENCE_MS; shown !== letters && Date.now() < until; await page.waitForTimeout(50)) {
    shown = (await lettersShown(page, number, start, start + letters.length)) ?? shown;
  }
  assert.equal(shown, letters);
}

/** The letters from `start` up to `end`, if all of them are shown. */
function lettersShown(page: Page, number: number, start: number, end: number): Promise<string | undefined> {
  return page.evaluate(
    ([number, start, end]) => {
      const { viewState } = globalThis as unknown as { viewState?: { session: { views: View[] } } };
      const view = viewState?.session.views[number!];
      const tracks = document.querySelectorAll('[data-testid=tracksContainer]')[number!];
      if (!view?.initialized || !tracks) return undefined;
      const { left } = tracks.getBoundingClientRect();
      const rows = new Map<number, Map<number, string>>();
      for (const text of tracks.querySelectorAll('[data-testid=sequence_track] text')) {
        const { x, y, width } = text.getBoundingClientRect();
        const row = rows.get(y) ?? new Map<number, string>();
        rows.set(y, row.set(view.pxToBp(x + width / 2 - left).coord, text.textContent ?? ''));
      }
      // Amino acids have three positions each, so this is the first row with a letter at every position.
      for (const [, row] of [...rows].sort(([a], [b]) => a - b)) {
        const letters = Array.from({ length: end! - start! }, (_, i) => row.get(start! + i));
        if (letters.every(Boolean)) return letters.join('');
      }
      return undefined;
    },
    [number, start, end],
  );
}
