// Colours of the picture, and a row of it as pixels.

import { KINDS } from './shares.ts';

type Rgb = readonly [number, number, number];

export interface Ink {
  /** By the number of the kind. */
  kinds: readonly Rgb[];
  text: string;
  soft: string;
  line: string;
  chosen: string;
  accent: string;
  /** A bar of bytes. */
  bytes: string;
  font: string;
}

/** From bottom to top: founder, raw, delta, reference. What is new stands on the ground. */
const STACK = [3, 2, 1, 0] as const;
/** What covers little of a column is still seen. */
const COVER_MIN = 0.3;

/** The colours of the page as it is now; `swatches` are elements with the colours of the kinds. */
export function inkOf(host: HTMLElement, swatches: readonly HTMLElement[]): Ink {
  const style = getComputedStyle(host);
  const probe = document.createElement('i');
  host.append(probe);
  const colour = (name: string): string => {
    probe.style.setProperty('color', `var(${name})`);
    return getComputedStyle(probe).color;
  };
  const ink: Ink = {
    kinds: swatches.map((swatch) => rgbOf(getComputedStyle(swatch).backgroundColor)),
    text: style.color,
    soft: colour('--soft'),
    line: colour('--line'),
    chosen: colour('--chosen'),
    accent: colour('--accent'),
    bytes: colour('--bytes'),
    font: style.fontFamily,
  };
  probe.remove();
  // The system's colours then; those of segments stay, as they tell something.
  if (matchMedia('(forced-colors: active)').matches) return { ...ink, line: 'GrayText', chosen: 'transparent', accent: 'Highlight' };
  return ink;
}

/** The bars of a row: each column of pixels is stacked by what it has of each kind. */
export function paintRow(canvas: HTMLCanvasElement, shares: Float32Array, height: number, kinds: readonly Rgb[]): void {
  const width = shares.length / KINDS;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context || width === 0) return;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = kinds.map(([red, green, blue]) => packed(red, green, blue, 1));
  for (let x = 0; x < width; x++) {
    const at = x * KINDS;
    const cover = shares[at]! + shares[at + 1]! + shares[at + 2]! + shares[at + 3]!;
    if (cover <= 0) continue;
    let only = -1;
    for (let kind = 0; kind < KINDS; kind++) if (shares[at + kind]! > 0.999) only = kind;
    if (only >= 0) {
      for (let y = 0; y < height; y++) pixels[y * width + x] = colours[only]!;
    } else stack(pixels, x, width, height, shares, cover, kinds);
  }
  context.putImageData(image, 0, 0);
}

/** One column, from the bottom up; a pixel in which kinds meet has their mixture. */
function stack(pixels: Uint32Array, x: number, width: number, height: number, shares: Float32Array, cover: number, kinds: readonly Rgb[]): void {
  const alpha = Math.max(COVER_MIN, Math.min(1, cover));
  const scale = height / cover;
  for (let y = 0; y < height; y++) {
    let [red, green, blue, bottom] = [0, 0, 0, 0];
    for (const kind of STACK) {
      const top = bottom + shares[x * KINDS + kind]! * scale;
      const part = Math.min(top, y + 1) - Math.max(bottom, y);
      bottom = top;
      if (part <= 0) continue;
      const rgb = kinds[kind]!;
      red += rgb[0] * part;
      green += rgb[1] * part;
      blue += rgb[2] * part;
    }
    pixels[(height - 1 - y) * width + x] = packed(red, green, blue, alpha);
  }
}

/** As pixels lie in memory: red first. */
function packed(red: number, green: number, blue: number, alpha: number): number {
  return ((Math.round(alpha * 255) << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}

function rgbOf(colour: string): Rgb {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d')!;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
