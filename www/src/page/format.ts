// Numbers as people read them.

const whole = new Intl.NumberFormat('en');
const UNITS = ['', 'kB', 'MB', 'GB', 'TB'];

export function count(number: number): string {
  return whole.format(number);
}

/** `1 sample`, `12 samples`. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Three figures: `812 bytes`, `64.8 kB`, `1.25 GB`. */
export function size(bytes: number): string {
  let unit = 0;
  let value = bytes;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return unit === 0 ? counted(bytes, 'byte') : `${Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

export function percent(part: number, all: number): string {
  const share = all > 0 ? (100 * part) / all : 0;
  return `${share >= 9.5 || share === 0 ? Math.round(share) : share.toPrecision(1)}%`;
}

/** Two units at most: `4 s`, `3 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  const rest = minutes % 60 ? ` ${minutes % 60} min` : '';
  return minutes < 60 ? `${minutes} min` : `${count(Math.floor(minutes / 60))} h${rest}`;
}
