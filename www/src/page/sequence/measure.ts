// How many letters a line has room for.

import { make } from '../dom.ts';

export const LINE_PX = 22;
/** Letters between gaps. */
export const TEN = 10;
const LINE_BASES_MAX = 120;
/** Room around the positions; sequence.css has the same. */
const GUTTER_PX = 26;

export interface Measure {
  /** Letters of a line, a multiple of ten. */
  letters: number;
  /** What the column of positions takes, as a style. */
  gutter: string;
}

/** As many tens of letters as there is room for beside positions of `positionChars` characters; none where nothing is seen. */
export function measure(host: HTMLElement, positionChars: number): Measure | undefined {
  const room = host.clientWidth;
  if (room === 0) return undefined;
  const char = charWidth(host);
  // The last ten needs no gap after it.
  const tens = Math.floor((room - positionChars * char - GUTTER_PX - 4 + char) / ((TEN + 1) * char));
  return { letters: Math.max(1, Math.min(LINE_BASES_MAX / TEN, tens)) * TEN, gutter: `calc(${positionChars}ch + ${GUTTER_PX}px)` };
}

function charWidth(host: HTMLElement): number {
  const probe = make('span', 'position', '0'.repeat(100));
  probe.style.cssText = 'padding:0;position:absolute;visibility:hidden';
  host.append(probe);
  const width = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return width || 8;
}
