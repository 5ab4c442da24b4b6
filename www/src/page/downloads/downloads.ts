// The buttons that save what is shown: a region, a contig, a sample, or many samples.

import type { AgcArchive, Contig } from '../../../types/index.d.ts';
import { byId } from '../dom.ts';
import type { View } from '../sequence/pane.ts';
import { start, type Download } from './download.ts';
import { contigFile, regionFile, sampleFile, type FastaFile } from './fasta-file.ts';
import { announceMenu, toggleMenu } from './menu.ts';
import { safeFileName, uniqueFileNames } from './names.ts';

/** Samples whose contigs are looked up at a time. */
const TOGETHER = 16;

/** What the page shows. */
export interface Shown {
  archive?: AgcArchive;
  /** What the archive is called. */
  name: string;
  sample?: string;
  contigs: readonly Contig[];
  contig: Contig | undefined;
  window: View;
}

export interface Downloads {
  /** Saves these samples, in the order given; called from a click on `#download-samples`. */
  downloadSamples(names: readonly string[]): void;
}

/** `shown` is asked when a button is clicked. */
export function startDownloads(shown: () => Shown): Downloads {
  const single = (id: string, fileOf: (archive: AgcArchive, sample: string, shown: Shown) => FastaFile | undefined) => {
    const button = byId(id);
    announceMenu(button);
    button.addEventListener('click', () => {
      const now = shown();
      const { archive, sample } = now;
      const file = archive && sample !== undefined ? fileOf(archive, sample, now) : undefined;
      if (!archive || !file) return;
      toggleMenu(button, file.bytes, ({ gzip }) => void start({ archive, name: file.name, several: false, files: async () => [file] }, gzip));
    });
  };
  single('download-sample', (archive, sample, { contigs }) => sampleFile(archive, sample, contigs));
  single('download-contig', (archive, sample, { contig }) => contig && contigFile(archive, sample, contig));
  single('download-region', (archive, sample, { contig, window }) => contig && regionFile(archive, sample, contig, window));

  const samples = byId('download-samples');
  announceMenu(samples);
  return {
    downloadSamples(names) {
      const { archive, name } = shown();
      if (archive && names.length) toggleMenu(samples, undefined, ({ gzip }) => void start(ofSamples(archive, name, names), gzip));
    },
  };
}

function ofSamples(archive: AgcArchive, archiveName: string, samples: readonly string[]): Download {
  const names = uniqueFileNames(samples);
  return {
    archive,
    name: safeFileName(archiveName.replace(/\.agc$/i, '')),
    several: true,
    async files(signal, found) {
      const files: FastaFile[] = [];
      for (let at = 0; at < samples.length; at += TOGETHER) {
        found(at, samples.length);
        const some = samples.slice(at, at + TOGETHER);
        const tables = await Promise.all(some.map((sample) => archive.contigs(sample, { signal })));
        files.push(...tables.map((contigs, i) => sampleFile(archive, some[i]!, contigs, names[at + i])));
      }
      return files;
    },
  };
}
