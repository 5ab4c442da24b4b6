// The names of the columns above the rows, and positions where they are zoomed into.

import { count } from '../format.ts';
import type { Frame } from './frame.ts';
import type { Ink } from './paint.ts';
import type { Column } from './scale.ts';
import type { View } from './shares.ts';

const TICK_PX = 92;
/** Longer names are left out where columns are narrower. */
const NAME_PX_MAX = 90;
const NAMES_APART_PX = 4;
/** What names of chromosomes can do without. */
const CHROMOSOME = /^chr(omosome)?_?/i;

export function paintRuler(canvas: HTMLCanvasElement, columns: readonly Column[], { from, to }: View, { ratio, left, barsWidth, width, narrow, bytesLeft, bytesWidth }: Frame, ink: Ink): void {
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  context.font = `11px ${ink.font}`;
  context.textBaseline = 'alphabetic';
  context.fillStyle = ink.soft;
  if (bytesWidth > 0 && !narrow) {
    context.textAlign = 'right';
    context.fillText('stored', bytesLeft + bytesWidth, height - 7);
    context.textAlign = 'left';
  }
  const perBase = barsWidth / (to - from);
  let namesEnd = 0;
  for (const { name, at, length } of columns) {
    const start = Math.max(left, left + (at - from) * perBase);
    const end = Math.min(left + barsWidth, left + (at + length - from) * perBase);
    if (end <= start) continue;
    context.fillStyle = ink.line;
    context.fillRect(start, height - 1, end - start, 1);
    const step = stepOf(TICK_PX / perBase);
    if (step * 2 < length && to - from < length * 1.5) {
      context.fillStyle = ink.soft;
      const first = Math.ceil(Math.max(0, from - at) / step) * step;
      for (let base = first; base < length && base < to - at; base += step) {
        const x = left + (at + base - from) * perBase;
        context.fillRect(x, height - 5, 1, 5);
        const text = positionOf(base, step);
        if (x + 4 + context.measureText(text).width <= end) context.fillText(text, x + 4, height - 5);
      }
      context.fillStyle = ink.text;
      if (context.measureText(name).width <= end - start - 4) context.fillText(name, start + 4, 11);
      continue;
    }
    // In full, or without what all have; not at all where the one before is in the way.
    context.fillStyle = ink.soft;
    const short = name.replace(CHROMOSOME, '');
    const text = context.measureText(name).width <= end - start - 2 ? name : short;
    const wide = context.measureText(text).width;
    const x = (start + end - wide) / 2;
    if (wide > NAME_PX_MAX || x < namesEnd + NAMES_APART_PX || x + wide > width) continue;
    context.fillText(text, x, height - 7);
    namesEnd = x + wide;
  }
}

/** 1, 2 or 5 and zeros, not below `least`. */
function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power;
}

/** As people count: from 1; round numbers stay round. */
function positionOf(base: number, step: number): string {
  if (base === 0) return '1';
  if (step >= 100_000) return `${Number((base / 1e6).toFixed(1))} Mb`;
  return step >= 1000 ? `${count(base / 1000)} kb` : count(base);
}
