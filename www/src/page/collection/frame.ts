// The measures of the picture on the screen, in CSS pixels: where names, bars and bytes go, wide or narrow.

import type { View } from './shares.ts';

/** Browsers stop believing in elements taller than this. */
const HEIGHT_MAX = 12_000_000;
/** Names are drawn above their bars where there is less room. */
const NARROW = 560;
const NAME_MAX = 190;
export const MARGIN = 12;

export interface Frame {
  narrow: boolean;
  width: number;
  height: number;
  /** Device pixels for each pixel. */
  ratio: number;
  rowHeight: number;
  /** Of the bars, from the top of their row. */
  barTop: number;
  barHeight: number;
  nameWidth: number;
  /** Where bars begin and how long they can be. */
  left: number;
  barsWidth: number;
  /** Where bytes are told, and how wide. */
  bytesLeft: number;
  bytesWidth: number;
}

/** `longestName` is its width; bytes get room if they are shown. Few rows are taller. */
export function frameOf(host: HTMLElement, rows: number, longestName: number, withBytes: boolean): Frame {
  const { clientWidth: width, clientHeight: height } = host;
  const ratio = globalThis.devicePixelRatio || 1;
  const narrow = width < NARROW;
  const nameWidth = narrow ? width - 2 * MARGIN - 70 : Math.min(NAME_MAX, Math.ceil(longestName));
  const bytesWidth = narrow ? 64 : withBytes ? 118 : 0;
  const left = narrow ? MARGIN : MARGIN + nameWidth + 12;
  const right = narrow || !withBytes ? MARGIN : MARGIN + bytesWidth + 14;
  const barsWidth = Math.max(1, Math.round((width - left - right) * ratio) / ratio);
  const least = narrow ? 40 : 24;
  const rowHeight = Math.max(least, Math.min(3 * least, Math.floor(height / Math.max(1, rows))));
  const barTop = narrow ? 20 : Math.round(rowHeight / 5);
  const barHeight = narrow ? rowHeight - 26 : rowHeight - 2 * barTop;
  return { narrow, width, height, ratio, rowHeight, barTop, barHeight, nameWidth, left, barsWidth, bytesLeft: width - MARGIN - bytesWidth, bytesWidth };
}

/** How tall all rows are for the scrollbar, which stands for more of them than there are pixels beyond {@link HEIGHT_MAX}. */
export function scrolled(rows: number, { rowHeight, height }: Frame): { height: number; scale: number } {
  const full = rows * rowHeight;
  return full <= HEIGHT_MAX ? { height: full, scale: 1 } : { height: HEIGHT_MAX, scale: (full - height) / (HEIGHT_MAX - height) };
}

/** `view` with `factor` times as many bases in it, as far as there are; the one `at` stays where it is. */
export function zoomed({ from, to }: View, factor: number, at: number, total: number, basesMin: number): View {
  const span = Math.min(total, Math.max(Math.min(basesMin, total), (to - from) * factor));
  return shifted({ from: at - ((at - from) / (to - from)) * span, to: at - ((at - from) / (to - from)) * span + span }, 0, total);
}

/** `view` moved by some bases, as far as there are. */
export function shifted({ from, to }: View, by: number, total: number): View {
  const start = Math.max(0, Math.min(total - (to - from), from + by));
  return { from: start, to: start + (to - from) };
}
