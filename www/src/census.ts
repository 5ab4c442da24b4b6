// What only the tables of all samples tell: which sample founded a group, and what each sample takes. They are walked
// through once, in the archive's order, as far as is asked.

import { ALL_CONTIGS, columnsOf, eachPart, RAW_GROUPS, type Columns } from './columns.ts';
import type { Directory } from './directory.ts';
import type { Engine, Question } from './engine.ts';
import { encodeName } from './names.ts';

/** Segments read together, about, so that other questions are answered in between; at first some samples. */
const SEGMENTS_A_STEP = 150_000;
const SAMPLES_A_STEP_MAX = 512;
const SAMPLES_FIRST = 16;

/** What is known of a group so far. */
class Group {
  /** The first sample that has a segment of it. */
  readonly founder: number;
  /** Its parts that hold entries of samples, as numbers over all groups. */
  readonly parts: number[] = [];
  /** Entries that samples have, a bit each; those far beyond how many there are by themselves, as files may say anything. */
  #entries = new Uint32Array(1);
  readonly #far = new Set<number>();
  #count = 0;

  constructor(founder: number) {
    this.founder = founder;
  }

  /** Whether nobody had this entry before. */
  isFirst(entry: number): boolean {
    const word = entry >>> 5;
    if (this.#far.has(entry)) return false;
    this.#count++;
    if (word >= this.#entries.length) {
      if (word > this.#count + 1) {
        this.#far.add(entry);
        return true;
      }
      const more = new Uint32Array(2 * word);
      more.set(this.#entries);
      this.#entries = more;
    }
    const bit = 1 << (entry & 31);
    const isFirst = (this.#entries[word]! & bit) === 0;
    this.#entries[word]! |= bit;
    return isFirst;
  }
}

export class Census {
  readonly #engine: Engine;
  readonly #directory: Directory;
  readonly #packCardinality: number;
  readonly #ranks: boolean;
  readonly #groups = new Map<number, Group>();
  /** Of each sample walked through, the part of each entry that it is the first to have. */
  readonly #firsts: Uint32Array[] = [];
  /** How many entries of each part samples have. */
  readonly #counts: number[] = [];
  #segments = 0;
  /** One step at a time, whoever waits for it. */
  #turn: Promise<unknown> = Promise.resolve();

  /** With `ranks`, groups are numbered as the index does it, and what samples take is not told. */
  constructor(engine: Engine, directory: Directory, packCardinality: number, ranks: boolean) {
    this.#engine = engine;
    this.#directory = directory;
    this.#packCardinality = Math.max(1, packCardinality);
    this.#ranks = ranks;
  }

  /** Tells of groups that samples before number `sample` do not have. */
  async foundedBy(sample: number, signal?: AbortSignal): Promise<(group: number) => boolean> {
    await this.#walkTo(sample, signal);
    return (group) => (this.#groups.get(group)?.founder ?? sample) >= sample;
  }

  /** Bytes of references and packs for each sample. */
  async sampleBytes(signal?: AbortSignal): Promise<Float64Array> {
    const { length } = await this.#directory.samples(0, Infinity, signal);
    await this.#walkTo(length, signal);
    const sizes = await this.#engine.ask((reader) => reader.sizes(), signal);
    const shares = new Float64Array(this.#counts.length);
    eachPart(sizes, (group, number, bytes) => {
      const part = this.#groups.get(group)?.parts[number];
      if (part !== undefined) shares[part] = bytes / this.#counts[part]!;
    });
    return Float64Array.from(this.#firsts, (firsts) => firsts.reduce((sum, part) => sum + shares[part]!, 0));
  }

  async #walkTo(end: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#firsts.length < end) {
      const step = this.#turn.then(async () => this.#firsts.length < end && (await this.#step(end, signal)));
      this.#turn = step.catch(() => {});
      await step;
    }
  }

  /** Some more samples, as many as have tables of a bounded size together. */
  async #step(end: number, signal: AbortSignal | undefined): Promise<void> {
    const first = this.#firsts.length;
    const each = Math.max(1, this.#segments / Math.max(1, first));
    const most = first ? Math.min(SAMPLES_A_STEP_MAX, Math.max(1, Math.floor(SEGMENTS_A_STEP / each))) : SAMPLES_FIRST;
    const names = await this.#directory.samples(first, Math.min(most, end - first), signal);
    const questions = names.map(encodeName).map((name): Question<Uint32Array> => (reader) => reader.segmentsOf(name, 0, ALL_CONTIGS, this.#ranks));
    for (const numbers of await this.#engine.askAll(questions, signal)) this.#add(columnsOf(numbers));
  }

  #add({ groups, entries }: Columns): void {
    const sample = this.#firsts.length;
    const firsts: number[] = [];
    for (let i = 0; i < groups.length; i++) {
      const [id, entry] = [groups[i]!, entries[i]!];
      let group = this.#groups.get(id);
      if (!group) this.#groups.set(id, (group = new Group(sample)));
      if (!group.isFirst(entry)) continue;
      const part = (group.parts[this.#partOf(id, entry)] ??= this.#counts.push(0) - 1);
      this.#counts[part]!++;
      firsts.push(part);
    }
    this.#segments += groups.length;
    this.#firsts.push(Uint32Array.from(firsts));
  }

  /** The part that holds an entry: 0 is the reference, i + 1 is pack i. */
  #partOf(group: number, entry: number): number {
    const inPacks = group < RAW_GROUPS ? entry : entry - 1;
    return inPacks < 0 ? 0 : Math.floor(inPacks / this.#packCardinality) + 1;
  }
}
