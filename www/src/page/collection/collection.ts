// The collection: what is in the archive, a row for each sample, and what each takes.

import type { AgcArchive } from '../../../types/index.d.ts';
import { isAbort } from '../../errors.ts';
import { announce, byId } from '../dom.ts';
import { count, counted, size } from '../format.ts';
import { contigKey, type Place } from '../link.ts';
import { Control, windowOf } from './control.ts';
import { Picture } from './picture.ts';
import { FOUNDERS_TOLD, Rows } from './rows.ts';
import { Scale } from './scale.ts';
import { showSizes } from './sizes.ts';
import { tell, type Spot } from './spot.ts';
import { fillTable } from './summary.ts';

/** Groups whose sizes are read without being asked for, over a network by an index. */
const MEASURED_GROUPS_MAX = 20_000;
/** Tables of all samples that are read without being asked for: over a network, and of a file. */
const ALL_BYTES_MAX = 8 * 2 ** 20;
const ALL_FILE_BYTES_MAX = 128 * 2 ** 20;
/** Bases shown of a long segment, and of those shown whole at most. */
const SHOWN_BASES = 3000;
const WHOLE_BASES_MAX = 10_000;
/** Rows are asked for once the scrolling pauses. */
const PAUSE_MS = 90;
/** The table follows the picture that slowly. */
const NUMBERS_MS = 400;

type Archive = Pick<AgcArchive, 'info' | 'contigs' | 'segments' | 'sizes' | 'sampleBytes'>;

export class CollectionPane {
  #archive: Archive | undefined;
  #samples: readonly string[] = [];
  /** Reading costs no requests. */
  #isFile = false;
  /** Does again what failed, beside rows. */
  #again: (() => void) | undefined;
  #rows: Rows | undefined;
  #open = new AbortController();
  #pause = 0;
  #inView = '';
  #numbersDue = 0;
  readonly #picture: Picture;
  readonly #control: Control;
  /** Called with the place that was clicked. */
  onGo: (place: Place) => void = () => {};

  constructor() {
    const swatches = [...document.querySelectorAll<HTMLElement>('#picture-legend .kind')];
    this.#picture = new Picture(byId('picture-rows'), byId<HTMLCanvasElement>('picture-ruler'), swatches);
    this.#picture.onRows = () => this.#rowsInView();
    this.#picture.onZoom = () => this.#showZoom();
    this.#control = new Control(this.#picture, {
      onLook: (at, by) => this.#look(at, by),
      onGo: (spot) => this.#go(spot),
      onSample: (row) => this.onGo({ sample: this.#samples[row]! }),
    });
    byId('zoom-in').addEventListener('click', () => this.#picture.zoomBy(1 / 2));
    byId('zoom-out').addEventListener('click', () => this.#picture.zoomBy(2));
    byId('zoom-fit').addEventListener('click', () => this.#picture.fit());
    byId('collection-retry').addEventListener('click', () => this.#retry());
    byId('collection-sizes').addEventListener('click', () => void this.#measure());
    byId('collection-all').addEventListener('click', () => void this.#readAll());
    byId('collection-numbers').addEventListener('click', () => this.#toggleNumbers());
  }

  /** Shows an archive. The pane may be out of sight: rows are then read when it is seen. */
  async open(archive: Archive, samples: readonly string[], isFile: boolean): Promise<void> {
    this.clear();
    const { signal } = this.#open;
    this.#archive = archive;
    this.#samples = samples;
    this.#isFile = isFile;
    byId('collection-count').textContent = counted(samples.length, 'sample');
    byId('collection-empty').hidden = samples.length > 0;
    if (samples.length === 0) return;
    try {
      await this.#seen(signal);
      signal.throwIfAborted();
      const first = await archive.contigs(samples[0]!, { signal });
      if (signal.aborted) return;
      const { index, groupCount } = archive.info;
      // Without an index, who opened the archive knows all groups and their sizes.
      const dear = !isFile && (index === 'embedded' || index === 'beside') && groupCount > MEASURED_GROUPS_MAX;
      this.#rows = new Rows(archive, samples, dear, (row, error) => this.#rowCame(row, error));
      this.#control.start(this.#rows, samples.length);
      this.#picture.show(samples, this.#rows, new Scale(first));
      byId('collection-picture').hidden = byId('zoom').hidden = false;
      byId('legend-new').textContent = samples.length > FOUNDERS_TOLD ? `New (told of the first ${FOUNDERS_TOLD} samples)` : 'New';
      byId('collection-sizes').hidden = !dear;
      if (!dear) await this.#measure();
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) this.#fail(error);
    }
  }

  /** What the archive holds, by kind; the tables of all samples too, if they are not large. */
  async #measure(): Promise<void> {
    const { signal } = this.#open;
    this.#again = undefined;
    byId('collection-sizes').hidden = true;
    try {
      const sizes = await this.#archive!.sizes({ signal });
      if (signal.aborted) return;
      showSizes(byId('sizes'), sizes);
      const all = byId('collection-all');
      all.textContent = `Read all tables (${size(sizes.allTables)})`;
      all.hidden = false;
      if (sizes.allTables <= (this.#isFile ? ALL_FILE_BYTES_MAX : ALL_BYTES_MAX)) await this.#readAll();
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      byId('collection-sizes').hidden = false;
      this.#again = () => void this.#measure();
      this.#fail(error);
    }
  }

  clear(): void {
    this.#open.abort();
    this.#open = new AbortController();
    this.#rows?.close();
    this.#rows = undefined;
    this.#archive = undefined;
    this.#samples = [];
    this.#picture.clear();
    this.#inView = '';
    this.#again = undefined;
    for (const id of ['collection-picture', 'zoom', 'sizes', 'collection-error', 'collection-all', 'collection-sizes']) byId(id).hidden = true;
    byId('collection-count').textContent = '';
    this.#look(undefined, 'pointer');
  }

  /** Nothing is read for a pane that nobody looks at. */
  #seen(signal: AbortSignal): Promise<void> {
    const pane = byId('collection-title');
    let observer: ResizeObserver | undefined;
    const seen = new Promise<void>((resolve) => {
      observer = new ResizeObserver(() => pane.offsetParent && resolve());
      observer.observe(pane);
      signal.addEventListener('abort', () => resolve());
    });
    return seen.finally(() => observer?.disconnect());
  }

  /** The tables of all samples: they tell who founded a group, and what each sample takes. */
  async #readAll(): Promise<void> {
    const { signal } = this.#open;
    const button = byId<HTMLButtonElement>('collection-all');
    this.#again = undefined;
    button.disabled = true;
    button.textContent = 'Reading all tables…';
    try {
      const bytes = await this.#archive!.sampleBytes({ signal });
      if (signal.aborted) return;
      button.hidden = true;
      byId('legend-new').textContent = 'New';
      this.#picture.setBytes(bytes);
      this.#rows?.tellFounders();
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      button.textContent = 'Read all tables';
      this.#again = () => void this.#readAll();
      this.#fail(error);
    } finally {
      button.disabled = false;
    }
  }

  #rowsInView(): void {
    const { first, last } = this.#picture.inView;
    const inView = `${first}-${last}`;
    if (inView === this.#inView) return;
    this.#inView = inView;
    clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.#rows?.want(first, last), PAUSE_MS);
    this.#inViewChanged();
  }

  #rowCame(row: number, error: Error | undefined): void {
    if (error) return this.#fail(error);
    this.#picture.rowCame(row);
    this.#control.rowCame(row);
    this.#inViewChanged();
  }

  #look(at: { row: number; spot: Spot | undefined } | undefined, by: 'pointer' | 'keyboard'): void {
    const [where, what] = [byId('picture-where'), byId('picture-what')];
    const table = at && this.#rows?.get(at.row);
    const sample = at && (this.#samples[at.row] ?? '');
    const told = at?.spot && table ? tell(sample ?? '', table, at.spot) : undefined;
    where.textContent = told?.where ?? sample ?? '';
    what.textContent = told?.what ?? (at && !table ? 'not read yet' : '');
    byId('picture-help').hidden = at !== undefined;
    if (by === 'keyboard' && at) announce(`${where.textContent}. ${what.textContent}`);
  }

  #go(spot: Spot): void {
    const table = this.#rows?.get(spot.row);
    const sample = this.#samples[spot.row];
    if (!table || sample === undefined) return;
    const { start, end } = windowOf(table, spot, WHOLE_BASES_MAX, SHOWN_BASES);
    this.onGo({ sample, ...contigKey(table.contigs, spot.contig), from: start + 1, to: end });
  }

  #showZoom(): void {
    const { zoom } = this.#picture;
    byId('zoom-value').textContent = zoom > 1.001 ? `${zoom >= 10 ? count(Math.round(zoom)) : zoom.toFixed(1)}×` : '';
    byId<HTMLButtonElement>('zoom-out').disabled = byId<HTMLButtonElement>('zoom-fit').disabled = zoom <= 1.001;
  }

  #toggleNumbers(): void {
    const table = byId('picture-numbers');
    const shown = table.classList.toggle('unseen') === false;
    table.tabIndex = shown ? 0 : -1;
    byId('collection-numbers').setAttribute('aria-pressed', String(shown));
  }

  /** Other rows are in view, or are there by now. */
  #inViewChanged(): void {
    const { first, last } = this.#picture.inView;
    const all = Array.from({ length: last - first }, (_, i) => this.#rows?.get(first + i));
    this.#picture.host.setAttribute('aria-busy', String(all.includes(undefined)));
    this.#fillNumbers();
  }

  #fillNumbers(): void {
    this.#numbersDue ||= window.setTimeout(() => {
      this.#numbersDue = 0;
      // Out of sight nothing is in view: the rows are told when they are seen again.
      if (!this.#picture.host.offsetParent) return void (this.#inView = '');
      const { first, last } = this.#picture.inView;
      const rows = this.#samples.slice(first, last).map((sample, i) => ({ sample, table: this.#rows?.get(first + i) }));
      fillTable(byId('picture-numbers').querySelector('table')!, rows);
    }, NUMBERS_MS);
  }

  #retry(): void {
    byId('collection-error').hidden = true;
    if (this.#rows) {
      this.#rows.retry();
      this.#again?.();
    } else if (this.#archive) void this.open(this.#archive, this.#samples, this.#isFile);
  }

  #fail(error: unknown): void {
    byId('collection-error-text').textContent = error instanceof Error ? error.message : String(error);
    byId('collection-error').hidden = false;
  }
}
