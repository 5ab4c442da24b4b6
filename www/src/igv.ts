// A sample as what igv.js takes for a reference genome.

import type * as api from '../types/index.d.ts';
import { aliasesOf } from './aliases.ts';
import { listed, nameOf } from './layout.ts';
import { textFile, virtualFasta } from './virtual.ts';

/** The view of the whole genome has all contigs on one line; of more than this they are slivers. */
const WHOLE_GENOME_CONTIGS_MAX = 60;

export async function igvReference(
  archive: Pick<api.AgcArchive, 'contigs' | 'sequences'>,
  sample: string,
  { names, signal }: api.FastaOptions = {},
): Promise<api.IgvReference> {
  const contigs = await archive.contigs(sample, { signal });
  const { file, faiFile } = virtualFasta(archive, sample, contigs, names);
  const shown = listed(contigs.map((contig) => ({ name: nameOf(sample, contig, names), contig })));
  return {
    id: sample,
    name: sample,
    fastaURL: asAddress(file),
    indexURL: asAddress(faiFile),
    aliasURL: asAddress(textFile(`${sample}.aliases.txt`, linesOf(aliasesOf(shown.map(({ name, contig }) => [name, ...otherNames(sample, contig)]))))),
    wholeGenomeView: shown.length > 1 && shown.length <= WHOLE_GENOME_CONTIGS_MAX && shown.every(({ name }) => !TAKEN.test(name)),
    sample,
    names: names ?? 'first-token',
  };
}

/** What igv.js calls the whole genome. */
const TAKEN = /^(all|\*)$/i;

/** igv.js takes files where it takes addresses; its types know addresses only. */
const asAddress = (file: api.VirtualFile) => file as api.VirtualFile & string;

/** What else tracks and people may call a contig: with the sample before it or without, and `chr7` or `7`. */
function otherNames(sample: string, { name }: api.Contig): string[] {
  const bare = name.startsWith(`${sample}#`) ? name.slice(sample.length + 1) : name;
  const [, number] = /^chr(\d+)$/.exec(bare) ?? [];
  return [name, `${sample}#${bare}`, bare, number ?? bare.replace(/^\d+$/, 'chr$&')];
}

/** A line a contig, its name first. */
function linesOf(named: ReturnType<typeof aliasesOf>): string {
  return named.map(([name, aliases]) => [name, ...aliases].join('\t') + '\n').join('');
}
