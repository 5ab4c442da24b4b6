// The sequence pane: which window of which contig is shown, on which strand and beside which sample, and how to get to another.
//
// On the screen positions count from 1 with both ends included; to the archive they count from 0 and end before `end`.

import type { AgcArchive, Comparison, Contig } from '../../../types/index.d.ts';
import { isAbort } from '../../errors.ts';
import { reverseComplement } from '../../strand.ts';
import { announce, byId } from '../dom.ts';
import { count, counted } from '../format.ts';
import type { Place } from '../link.ts';
import { copyOn, record } from './clipboard.ts';
import { ComparedView } from './compared.ts';
import { countBases, drawComposition } from './composition.ts';
import { LettersView } from './letters.ts';
import { formatLocus, parseLocus, type Window } from './locus.ts';
import { Overview } from './overview.ts';
import { Picker } from './picker.ts';
import { RowsView } from './rows.ts';
import { drawSummary } from './summary.ts';

/** Bases of the first window of a contig. */
const WINDOW_BASES = 3000;
/** Bases shown at once; longer regions are for downloads. */
const SHOWN_BASES_MAX = 500_000;
/** Zooming in ends here. */
const SHOWN_BASES_MIN = 10;
const NOTE = 'Positions count from 1, both ends included.';

/** What the pane looks at. */
export interface Subject {
  archive: Pick<AgcArchive, 'sequence' | 'compare'>;
  samples: readonly string[];
  sample: string;
  contigs: readonly Contig[];
  contig: Contig;
}

/** How it looks at it; what a link says of it. */
export type View = Required<Pick<Place, 'from' | 'to'>> & Pick<Place, 'reverse' | 'other'>;

export class SequencePane {
  #subject: Subject | undefined;
  #window: Window = { from: 1, to: 0 };
  #reverse = false;
  #other: string | undefined;
  /** What is on the screen: letters of the forward strand, or a comparison. */
  #bases = '';
  #comparison: Comparison | undefined;
  #loading = new AbortController();
  readonly #host = byId('sequence');
  readonly #rows = new RowsView(this.#host);
  readonly #letters = new LettersView(this.#host, this.#rows);
  readonly #compared = new ComparedView(this.#host, this.#rows);
  readonly #overview = new Overview();
  readonly #picker = new Picker('with');
  readonly #locus = byId<HTMLInputElement>('locus');
  /** Called when another window is shown, or the same in another way. */
  onView: () => void = () => {};
  /** Called when another contig is wanted, of this sample or of the one compared with. */
  onGo: (sample: string, contig: Contig | number, view: Partial<View>) => void = () => {};

  constructor() {
    byId('region-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    const clicks: Record<string, () => void> = {
      previous: () => this.#step(this.#reverse ? 1 : -1),
      next: () => this.#step(this.#reverse ? -1 : 1),
      narrower: () => this.#zoom(0.5),
      wider: () => this.#zoom(2),
      strand: () => this.#turn(),
      colours: () => this.#colour(),
      'with-none': () => this.#compareWith(undefined),
      'difference-previous': () => this.#difference(-1),
      'difference-next': () => this.#difference(1),
    };
    for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener('click', act);
    this.#overview.onMove = (window) => void this.#load(window);
    this.#overview.onDrag = (window) => this.#writeLocus(window);
    this.#picker.onChoose = (name) => this.#compareWith(name);
    this.#compared.onGo = (contig, from, to) => this.#goThere(contig, from, to);
    this.#host.addEventListener('keydown', (event) => this.#key(event, clicks));
    document.addEventListener('copy', (event) => this.#copy(event));
    copyOn('copy-letters', () => this.#shownBases(), 'Not allowed here');
    copyOn('copy-fasta', () => this.#fasta(), 'Not allowed here');
    new ResizeObserver(() => this.#layOut()).observe(this.#host);
  }

  get contig(): Contig | undefined {
    return this.#subject?.contig;
  }

  get view(): View {
    return { ...this.#window, ...(this.#reverse && { reverse: true }), ...(this.#other !== undefined && { other: this.#other }) };
  }

  /** Nothing chosen. */
  clear(): void {
    this.#loading.abort();
    this.#subject = undefined;
    byId('sequence-title').textContent = 'Sequence';
    byId('sequence-length').textContent = '';
    this.#state({ tools: false, bases: false, empty: 'Choose a sample, then a contig.' });
  }

  /** Shows a contig: the window given, cut to the contig, or its beginning. Without a view strand and comparison stay. */
  open(subject: Subject, view?: Partial<View>): Promise<void> {
    this.#subject = subject;
    const { name, header, length } = subject.contig;
    byId('sequence-title').textContent = name || '(no name)';
    byId('sequence-length').textContent = counted(length, 'base');
    const rest = header.slice(name.length).trim();
    byId('sequence-name').textContent = rest ? header : '';
    byId('sequence-name').title = header;
    byId('sequence-name').hidden = !rest;
    byId<HTMLButtonElement>('download-region').disabled = length === 0;
    if (view) [this.#reverse, this.#other] = [view.reverse ?? false, view.other];
    if (this.#other === subject.sample) this.#other = undefined;
    const { from = 1, to = WINDOW_BASES } = view ?? {};
    return this.#load({ from, to });
  }

  async #load(wanted: Window): Promise<void> {
    const subject = this.#subject;
    if (!subject) return;
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#window = this.#clamp(wanted);
    const { from, to } = this.#window;
    this.#showControls(subject);
    this.onView();
    if (subject.contig.length === 0) return this.#state({ tools: true, bases: false, empty: 'This contig is empty.' });
    this.#state({ tools: true, bases: true, empty: '' });
    this.#host.setAttribute('aria-busy', 'true');
    const { archive, sample, contig } = subject;
    try {
      if (this.#other === undefined) {
        this.#bases = await archive.sequence(sample, contig.index, from - 1, to, { signal });
        this.#comparison = undefined;
      } else {
        this.#comparison = await archive.compare({ sample, contig: contig.index, start: from - 1, end: to }, this.#other, { signal });
        this.#bases = this.#comparison.pieces.map(({ bases }) => bases).join('');
      }
      this.#show();
      announce(`Bases ${count(from)} to ${count(to)} of ${contig.name}${this.#other === undefined ? '' : ` beside ${this.#other}`}`);
    } catch (error) {
      if (isAbort(error)) return;
      this.#host.setAttribute('aria-busy', 'false');
      this.#state({ tools: true, bases: false, empty: '', error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Puts what was read on the screen. */
  #show(): void {
    const { from, to } = this.#window;
    const reverse = this.#reverse;
    const comparison = this.#comparison;
    this.#rows.toTop();
    if (comparison) {
      this.#compared.show(comparison, reverse);
      byId('composition').replaceChildren(...drawSummary(comparison));
    } else {
      const bases = reverse ? reverseComplement(this.#bases) : this.#bases;
      this.#letters.show({ bases, first: reverse ? to : from, reverse });
      byId('composition').replaceChildren(...drawComposition(countBases(bases)));
    }
    byId('differences').hidden = !comparison;
    this.#showDifference();
    this.#host.setAttribute('aria-busy', 'false');
    Object.assign(this.#host.dataset, { shown: `${from}-${to}`, strand: reverse ? 'reverse' : 'forward', with: comparison?.other ?? '' });
  }

  #layOut(): void {
    if (this.#comparison) this.#compared.layOut();
    else this.#letters.layOut();
  }

  // Where to

  #submit(): void {
    const subject = this.#subject;
    if (!subject) return;
    const goal = parseLocus(this.#locus.value, subject.contigs, subject.contig, this.#window);
    if (typeof goal === 'string') return this.#note(goal, true);
    const { contig, window, reverse = this.#reverse } = goal;
    if (contig !== subject.contig) return this.onGo(subject.sample, contig, { ...this.view, from: 1, to: WINDOW_BASES, ...window, reverse });
    this.#reverse = reverse;
    void this.#load(window ?? { from: 1, to: WINDOW_BASES });
    this.#host.focus();
  }

  /** To the window before (-1) or after (1) this one, of the same length. */
  #step(direction: number): void {
    const { from, to } = this.#window;
    const length = Math.max(to - from + 1, 1);
    const start = from + direction * length;
    if (start > (this.contig?.length ?? 0) || (direction < 0 && from <= 1)) return;
    const first = Math.max(1, start);
    void this.#load({ from: first, to: first + length - 1 });
  }

  /** Shows a part or more of the contig around the middle of the window. */
  #zoom(by: number): void {
    const length = this.contig?.length ?? 0;
    const { from, to } = this.#window;
    const bases = Math.min(length, Math.max(SHOWN_BASES_MIN, Math.min(SHOWN_BASES_MAX, Math.round((to - from + 1) * by))));
    const first = Math.max(1, Math.min(Math.round((from + to + 1 - bases) / 2), length - bases + 1));
    void this.#load({ from: first, to: first + bases - 1 });
  }

  #goThere(contig: number, from: number, to: number): void {
    if (this.#subject && this.#other !== undefined) this.onGo(this.#other, contig, { from, to, other: this.#subject.sample });
  }

  // In which way

  #turn(): void {
    this.#reverse = !this.#reverse;
    if (!this.#subject) return;
    this.#showControls(this.#subject);
    this.onView();
    if (this.#host.getAttribute('aria-busy') !== 'true') this.#show();
    announce(this.#reverse ? 'Reverse strand' : 'Forward strand');
  }

  #colour(): void {
    const plain = this.#host.classList.toggle('plain');
    byId('colours').setAttribute('aria-pressed', String(!plain));
  }

  #compareWith(other: string | undefined): void {
    this.#other = other;
    void this.#load(this.#window);
    if (other === undefined) byId('with').focus();
    else this.#host.focus();
  }

  #difference(by: 1 | -1): void {
    if (!this.#comparison) return;
    const words = this.#compared.go(by);
    this.#showDifference();
    if (words) this.#note(`${words}.`);
    announce(words || 'No differences');
  }

  #showDifference(): void {
    const all = this.#compared.differences;
    const at = this.#compared.current;
    byId('difference-count').textContent = at < 0 ? counted(all, 'difference') : `${count(at + 1)} of ${count(all)}`;
    for (const id of ['difference-previous', 'difference-next']) byId<HTMLButtonElement>(id).disabled = all === 0;
  }

  #key(event: KeyboardEvent, clicks: Record<string, () => void>): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const keys: Record<string, string> = { ArrowLeft: 'previous', ArrowRight: 'next', '+': 'narrower', '=': 'narrower', '-': 'wider', r: 'strand', n: 'difference-next', p: 'difference-previous' };
    const act = clicks[keys[event.key] ?? ''];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // Copying

  /** Letters that are selected go to the clipboard without positions and gaps between them. */
  #copy(event: ClipboardEvent): void {
    const letters = this.#comparison || this.#host.hidden ? '' : this.#letters.selected();
    if (!letters) return;
    event.clipboardData?.setData('text/plain', letters);
    event.preventDefault();
  }

  #shownBases(): string {
    return this.#reverse ? reverseComplement(this.#bases) : this.#bases;
  }

  /** The window, and with it what it is compared with. */
  #fasta(): string {
    const { from, to } = this.#window;
    const subject = this.#subject;
    if (!subject) return '';
    const strand = this.#reverse ? '(-)' : '';
    const { name } = subject.contig;
    if (!this.#comparison) return record(`${name}:${from}-${to}${strand}`, this.#shownBases());
    const { other, pieces } = this.#comparison;
    const theirs = pieces.map(({ other: place, otherBases }) => {
      if (!place) return '';
      const turned = place.reverseComplement !== this.#reverse;
      return record(`${other} ${place.name}:${place.start + 1}-${place.end}${turned ? '(-)' : ''}`, this.#reverse ? reverseComplement(otherBases) : otherBases);
    });
    return record(`${subject.sample} ${name}:${from}-${to}${strand}`, this.#shownBases()) + theirs.join('');
  }

  // Showing

  #clamp({ from, to }: Window): Window {
    const length = this.contig?.length ?? 0;
    const first = Math.max(1, Math.min(from, length));
    const last = Math.min(Math.max(to, first), length, first + SHOWN_BASES_MAX - 1);
    const cut = to > last && last < length;
    this.#note(cut ? `Cut to ${count(SHOWN_BASES_MAX)} bases: more is for a download. ${NOTE}` : NOTE);
    return { from: first, to: last };
  }

  #showControls({ samples, sample, contig }: Subject): void {
    const { from, to } = this.#window;
    const { length } = contig;
    this.#writeLocus(this.#window);
    const [before, after] = [from <= 1, to >= length];
    const disabled = { previous: this.#reverse ? after : before, next: this.#reverse ? before : after, narrower: to - from + 1 <= SHOWN_BASES_MIN, wider: to - from + 1 >= Math.min(length, SHOWN_BASES_MAX) };
    for (const [id, is] of Object.entries(disabled)) byId<HTMLButtonElement>(id).disabled = is;
    byId('strand').setAttribute('aria-pressed', String(this.#reverse));
    this.#overview.show(length, this.#window);
    this.#picker.setNames(samples.filter((name) => name !== sample), this.#other);
    byId('with-none').hidden = this.#other === undefined;
    byId('differences').hidden = this.#other === undefined;
  }

  #writeLocus(window: Window): void {
    if (this.contig) this.#locus.value = formatLocus(this.contig, window);
  }

  /** Says something below the locus; on phones only what is news. */
  #note(text: string, wrong = false): void {
    const note = byId('region-note');
    note.textContent = text;
    note.classList.toggle('told', text !== NOTE);
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
