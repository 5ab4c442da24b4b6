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
  /** Entries that samples have, a bit each. */
  #entries = new Uint32Array(1);

  constructor(founder: number) {
    this.founder = founder;
  }

  /** Whether nobody had this entry before. */
  isFirst(entry: number): boolean {
    const word = entry >>> 5;
    if (word >= this.#entries.length) {
      const more = new Uint32Array(Math.max(word + 1, 2 * this.#entries.length));
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
  readonly #groups = new Map<number, Group>();
  /** Of each sample walked through, the parts of entries that it is the first to have: group and number of each. */
  readonly #firsts: Uint32Array[] = [];
  #segments = 0;
  /** One step at a time, whoever waits for it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, directory: Directory, packCardinality: number) {
    this.#engine = engine;
    this.#directory = directory;
    this.#packCardinality = Math.max(1, packCardinality);
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
    const lengths = new Map<number, number>();
    eachPart(sizes, (group, number, bytes) => lengths.set(key(group, number), bytes));
    const counts = new Map<number, number>();
    for (const firsts of this.#firsts) each(firsts, (part) => counts.set(part, (counts.get(part) ?? 0) + 1));
    return Float64Array.from(this.#firsts, (firsts) => {
      let bytes = 0;
      each(firsts, (part) => (bytes += (lengths.get(part) ?? 0) / counts.get(part)!));
      return bytes;
    });
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
    const questions = names.map(encodeName).map((name): Question<Uint32Array> => (reader) => reader.segmentsOf(name, 0, ALL_CONTIGS));
    for (const numbers of await this.#engine.askAll(questions, signal)) this.#add(columnsOf(numbers));
  }

  #add({ groups, entries }: Columns): void {
    const sample = this.#firsts.length;
    const firsts: number[] = [];
    groups.forEach((id, i) => {
      const entry = entries[i]!;
      let group = this.#groups.get(id);
      if (!group) this.#groups.set(id, (group = new Group(sample)));
      if (group.isFirst(entry)) firsts.push(id, this.#partOf(id, entry));
    });
    this.#segments += groups.length;
    this.#firsts.push(Uint32Array.from(firsts));
  }

  /** The part that holds an entry: 0 is the reference, i + 1 is pack i. */
  #partOf(group: number, entry: number): number {
    const inPacks = group < RAW_GROUPS ? entry : entry - 1;
    return inPacks < 0 ? 0 : Math.floor(inPacks / this.#packCardinality) + 1;
  }
}

/** Parts of all groups as one number: there are fewer than 2^21 in a group, and 2^32 groups. */
function key(group: number, part: number): number {
  return group * 2 ** 21 + part;
}

function each(firsts: Uint32Array, visit: (part: number) => void): void {
  for (let i = 0; i + 1 < firsts.length; i += 2) visit(key(firsts[i]!, firsts[i + 1]!));
}
