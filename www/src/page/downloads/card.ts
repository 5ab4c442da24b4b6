// What the page shows of one download.

import { isAbort } from '../../errors.ts';
import { announce, byId, make } from '../dom.ts';
import { count, counted, duration, percent, size } from '../format.ts';
import { Pace } from './pace.ts';

const DRAWN_MS = 200;
/** Speed is told as long as something comes. */
const SILENT_MS = 5_000;

export class Card {
  #total = 0;
  #done = 0;
  #drawn = 0;
  /** When bytes came last. */
  #heard = 0;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #files = '';
  #started = performance.now();
  #pace = new Pace(this.#started);
  readonly #name: string;
  readonly #root = make('li', 'download');
  readonly #bar = make('progress');
  readonly #said = make('span', 'said', 'Starting');
  readonly #button = make('button', 'button small', 'Cancel');

  constructor(name: string, cancel: () => void) {
    this.#name = name;
    this.#bar.setAttribute('aria-label', `Progress of ${name}`);
    this.#button.type = 'button';
    this.#button.setAttribute('aria-label', `Cancel ${name}`);
    this.#button.onclick = cancel;
    this.#root.append(make('strong', '', name), this.#bar, this.#said, this.#button);
    byId('downloads').append(this.#root);
    this.#root.scrollIntoView({ block: 'nearest' });
  }

  waits(): void {
    this.#bar.hidden = true;
    this.#said.textContent = 'Waits for the download before it';
    announce(`${this.#name} waits for the download before it`);
  }

  /** Sizes of `files` are looked up. */
  measuring(done: number, files: number): void {
    this.#bar.hidden = false;
    if (files > 1 && this.#isTime()) this.#said.textContent = `Looking up sizes: ${count(done)} of ${count(files)}`;
  }

  begin(totalBytes: number): void {
    this.#bar.hidden = false;
    this.#total = totalBytes;
    this.#bar.max = Math.max(1, totalBytes);
    this.#bar.value = 0;
    this.#started = performance.now();
    this.#pace = new Pace(this.#started);
    this.#ticking = setInterval(() => this.#draw(), 1000);
    announce(`${this.#name}: saving ${size(totalBytes)}`);
  }

  /** File number `number`, from 1, is on its way. */
  file(number: number, files: number): void {
    this.#files = files > 1 ? `${count(number)} of ${count(files)} · ` : '';
  }

  progress(bytes: number): void {
    this.#done += bytes;
    this.#heard = performance.now();
    this.#pace.add(bytes);
    if (this.#isTime()) this.#draw();
  }

  finish(bytesWritten: number): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const unpacked = bytesWritten < this.#total * 0.9 ? `, ${size(this.#total)} unpacked` : '';
    this.#end('done', `Done: ${size(bytesWritten)}${unpacked}${seconds < 1 ? '' : ` in ${duration(seconds)}`}`);
  }

  /** `complete` files of several were saved before. */
  fail(error: unknown, complete = 0): void {
    const saved = complete ? `${counted(complete, 'file')} saved before that.` : 'Nothing was saved.';
    if (isAbort(error)) return this.#end('cancelled', `Cancelled. ${saved}`);
    this.#said.setAttribute('role', 'alert');
    this.#end('failed', `${reasonOf(error)} ${saved}`);
  }

  #draw(): void {
    const now = performance.now();
    const perSecond = this.#pace.perSecond(now);
    const pace = now - this.#heard > SILENT_MS ? 'waiting' : `${size(perSecond)}/s · ${duration((this.#total - this.#done) / Math.max(1, perSecond))} left`;
    this.#bar.value = this.#done;
    this.#said.textContent = `${this.#files}${percent(this.#done, this.#total)} of ${size(this.#total)} · ${pace}`;
  }

  #end(state: string, text: string): void {
    clearInterval(this.#ticking);
    this.#root.classList.add(state);
    this.#bar.remove();
    this.#said.textContent = text;
    this.#button.textContent = 'Dismiss';
    this.#button.setAttribute('aria-label', `Dismiss ${this.#name}`);
    this.#button.onclick = () => this.#dismiss();
    announce(`${this.#name}: ${text}`);
  }

  /** Who works by keyboard goes on with the next one. */
  #dismiss(): void {
    const near = this.#root.nextElementSibling ?? this.#root.previousElementSibling;
    this.#root.remove();
    near?.querySelector('button')?.focus();
  }

  #isTime(): boolean {
    const now = performance.now();
    if (now - this.#drawn < DRAWN_MS) return false;
    this.#drawn = now;
    return true;
  }
}

/** What browsers say when writing fails, in words that say what to do. */
const REASONS: Record<string, string> = {
  QuotaExceededError: 'There is no room left where the file is saved.',
  NotAllowedError: 'The browser was not allowed to write there. Save it again and allow it.',
  NoModificationAllowedError: 'The file cannot be changed; another program may have it open. Save it under another name.',
  NotFoundError: 'The file or its folder has gone. Save it again.',
};

function reasonOf(error: unknown): string {
  const { name = '', message = String(error) } = error instanceof Error ? error : {};
  return (error instanceof DOMException && REASONS[name]) || message;
}
