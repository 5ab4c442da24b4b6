// The sequence pane: which window of which contig is shown, and how to get to the next one.
//
// On the screen positions count from 1 with both ends included; to the archive they count from 0 and end before `end`.

import type { AgcArchive, Contig } from '../../types/index.d.ts';
import { isAbort } from '../errors.ts';
import { announce, byId } from './dom.ts';
import { count, counted, parseWhole } from './format.ts';
import { SequenceView } from './sequence.ts';

/** Bases of the first window of a contig. */
const WINDOW_BASES = 3000;
/** Bases shown at once; longer regions are for downloads. */
const SHOWN_BASES_MAX = 500_000;
const NOTE = 'Positions count from 1, both ends included.';

/** A window as on the screen: from 1, both ends included. */
export interface Window {
  from: number;
  to: number;
}

export class RegionPane {
  #archive: Pick<AgcArchive, 'sequence'> | undefined;
  #sample = '';
  #contig: Contig | undefined;
  #window: Window = { from: 1, to: 0 };
  #loading = new AbortController();
  readonly #view = new SequenceView(byId('sequence'));
  readonly #from = byId<HTMLInputElement>('from');
  readonly #to = byId<HTMLInputElement>('to');
  /** Called when another window is shown. */
  onWindow: (window: Window) => void = () => {};

  constructor() {
    byId('region-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId('previous').addEventListener('click', () => this.#step(-1));
    byId('next').addEventListener('click', () => this.#step(1));
    byId('overview').addEventListener('click', (event) => this.#jump(event));
  }

  get contig(): Contig | undefined {
    return this.#contig;
  }

  get window(): Window {
    return this.#window;
  }

  /** Nothing chosen. */
  clear(): void {
    this.#loading.abort();
    this.#contig = undefined;
    byId('sequence-title').textContent = 'Sequence';
    byId('sequence-length').textContent = '';
    this.#state({ tools: false, bases: false, empty: 'Choose a sample, then a contig.' });
  }

  /** Shows a window of a contig: the one given, cut to the contig, or its beginning. */
  open(archive: Pick<AgcArchive, 'sequence'>, sample: string, contig: Contig, window?: Window): Promise<void> {
    this.#archive = archive;
    this.#sample = sample;
    this.#contig = contig;
    const { name, header, length } = contig;
    byId('sequence-title').textContent = name || '(no name)';
    byId('sequence-length').textContent = counted(length, 'base');
    const rest = header.slice(name.length).trim();
    byId('sequence-name').textContent = rest ? header : '';
    byId('sequence-name').title = header;
    byId('sequence-name').hidden = !rest;
    byId<HTMLButtonElement>('download-region').disabled = length === 0;
    return this.#load(window ?? { from: 1, to: WINDOW_BASES });
  }

  async #load(wanted: Window): Promise<void> {
    const contig = this.#contig;
    const archive = this.#archive;
    if (!contig || !archive) return;
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    const window = this.#clamp(wanted);
    this.#window = window;
    this.#showWindow();
    this.onWindow(window);
    if (contig.length === 0) return this.#state({ tools: true, bases: false, empty: 'This contig is empty.' });
    this.#state({ tools: true, bases: true, empty: '' });
    const host = byId('sequence');
    host.setAttribute('aria-busy', 'true');
    try {
      const bases = await archive.sequence(this.#sample, contig.index, window.from - 1, window.to, { signal });
      this.#view.show(bases, window.from);
      host.setAttribute('aria-busy', 'false');
      host.dataset.shown = `${window.from}-${window.to}`;
      announce(`Bases ${count(window.from)} to ${count(window.to)} of ${contig.name}`);
    } catch (error) {
      if (isAbort(error)) return;
      host.setAttribute('aria-busy', 'false');
      this.#state({ tools: true, bases: false, empty: '', error: error instanceof Error ? error.message : String(error) });
    }
  }

  #submit(): void {
    const from = parseWhole(this.#from.value);
    const to = parseWhole(this.#to.value);
    const length = this.#contig?.length ?? 0;
    if (from === undefined || to === undefined) return this.#note('Type whole numbers, such as 1 and 3,000.', true);
    if (from < 1) return this.#note('Positions count from 1.', true);
    if (from > length) return this.#note(`This contig ends at ${count(length)}.`, true);
    if (to < from) return this.#note('The window ends before it starts.', true);
    void this.#load({ from, to });
  }

  /** To the window before (-1) or after (1) this one, of the same length. */
  #step(direction: number): void {
    const { from, to } = this.#window;
    const length = Math.max(to - from + 1, 1);
    const start = from + direction * length;
    if (start > (this.#contig?.length ?? 0)) return;
    const first = Math.max(1, start);
    void this.#load({ from: first, to: first + length - 1 });
  }

  #jump(event: MouseEvent): void {
    const box = byId('overview').getBoundingClientRect();
    const length = this.#contig?.length ?? 0;
    const bases = this.#window.to - this.#window.from + 1;
    const middle = ((event.clientX - box.left) / box.width) * length;
    const from = Math.max(1, Math.min(Math.round(middle - bases / 2), length - bases + 1));
    void this.#load({ from, to: from + bases - 1 });
  }

  #clamp({ from, to }: Window): Window {
    const length = this.#contig?.length ?? 0;
    const first = Math.max(1, Math.min(from, length));
    const last = Math.min(Math.max(to, first), length, first + SHOWN_BASES_MAX - 1);
    const cut = to > last && last < length;
    this.#note(cut ? `Cut to ${count(SHOWN_BASES_MAX)} bases: more is for a download. ${NOTE}` : NOTE);
    return { from: first, to: last };
  }

  #showWindow(): void {
    const { from, to } = this.#window;
    const length = this.#contig?.length ?? 0;
    this.#from.value = count(from);
    this.#to.value = count(to);
    byId<HTMLButtonElement>('previous').disabled = from <= 1;
    byId<HTMLButtonElement>('next').disabled = to >= length;
    const thumb = byId('overview-window');
    thumb.style.left = `${length ? ((from - 1) / length) * 100 : 0}%`;
    thumb.style.width = `${length ? ((to - from + 1) / length) * 100 : 0}%`;
  }

  #note(text: string, wrong = false): void {
    const note = byId('region-note');
    note.textContent = text;
    note.classList.toggle('wrong', wrong);
    if (wrong) announce(text);
  }

  #state({ tools, bases, empty, error = '' }: { tools: boolean; bases: boolean; empty: string; error?: string }): void {
    byId('sequence-tools').hidden = !tools;
    byId('sequence-saves').hidden = !tools;
    byId('sequence').hidden = !bases;
    byId('sequence-empty').hidden = !empty;
    byId('sequence-empty').textContent = empty;
    byId('sequence-error').hidden = !error;
    byId('sequence-error').textContent = error;
  }
}
