// Contigs of a sample as a stream of FASTA records.

import type { ContigKey, FastaRecord, StreamOptions } from '../types/index.d.ts';
import type { ContigTable, Directory } from './directory.ts';
import type { Engine } from './engine.ts';
import { headerLine, LineBreaker } from './fasta.ts';
import { joined, type Bytes } from './ranges.ts';
import { spanOf } from './sequences.ts';
import { windowsOf, type Span } from './windows.ts';

export type RecordsWanted = Pick<StreamOptions, 'contigs' | 'lineWidth'>;

interface Record extends Span {
  name: string;
}

/** A chunk of FASTA for every batch of windows. */
export async function* recordsOf(engine: Engine, directory: Directory, sample: string, wanted: RecordsWanted, signal: AbortSignal): AsyncGenerator<Bytes> {
  const table = await directory.contigs(sample, signal);
  const records = (wanted.contigs ?? [...table.contigs.keys()]).map((which) => recordOf(directory, sample, table, which));
  const lines = new LineBreaker(wanted.lineWidth);
  for await (const batch of windowsOf(engine, records, undefined, signal)) {
    const out: Bytes[] = [];
    for (const { window, bases } of batch) {
      const record = records[window.of]!;
      const [starts, ends] = [window.start === record.start, window.end === record.end];
      const { reverseComplement } = record;
      if (reverseComplement ? ends : starts) out.push(headerLine(record.name));
      out.push(lines.push(bases));
      if (reverseComplement ? starts : ends) out.push(lines.finish());
    }
    yield joined(out);
  }
}

function recordOf(directory: Directory, sample: string, table: ContigTable, which: ContigKey | FastaRecord): Record {
  const { contig: key, start, end, name, reverseComplement }: FastaRecord = typeof which === 'object' ? which : { contig: which };
  const contig = directory.pick(sample, table, key);
  return { ...spanOf(sample, contig, start, end), name: name ?? contig.header, reverseComplement };
}
