// The samples of an archive as a table, with what their contigs add up to where it costs next to nothing to know.

import type { AgcArchive } from '../../types/index.d.ts';
import { byId } from './dom.ts';
import { count } from './format.ts';
import { Panel } from './panel.ts';

/** Of an archive no larger, one batch of tables is not worth a thought. */
const SMALL_BYTES = 1024 * 1024;

interface Sample {
  name: string;
  /** Absent until known. */
  contigCount?: number;
  bases?: number;
}

export class SamplesPane {
  #samples: Sample[] = [];
  readonly #panel: Panel<Sample>;

  constructor({ onChoose, onDownload }: { onChoose: (sample: string) => void; onDownload: (samples: string[]) => void }) {
    const known = (samples: readonly Sample[]) => samples.length > 0 && samples.every(({ bases }) => bases !== undefined);
    const download = byId<HTMLButtonElement>('download-samples');
    this.#panel = new Panel<Sample>('samples', {
      name: ({ name }) => name,
      signs: 1,
      numbers: { contigs: ({ contigCount = 0 }) => contigCount, bases: ({ bases = 0 }) => bases },
      columns: [
        { id: 'name', title: 'Name' },
        { id: 'contigs', title: 'Contigs', shown: known },
        { id: 'bases', title: 'Bases', shown: known },
      ],
      onChoose: ({ name }) => onChoose(name),
      onTick: () => {
        const ticked = this.#panel?.ticked.length ?? 0;
        download.hidden = ticked === 0;
        download.textContent = `Download ${count(ticked)}`;
        download.setAttribute('aria-label', `Download ${count(ticked)} selected ${ticked === 1 ? 'sample' : 'samples'}`);
      },
    });
    download.addEventListener('click', () => onDownload(this.#panel.ticked.map(({ name }) => name)));
  }

  /** Reads the samples of an archive, and shows them; gives their names. */
  async read(archive: AgcArchive, local: boolean, signal: AbortSignal): Promise<string[]> {
    const { index, batchSize, sampleCount, size } = archive.info;
    const indexed = index === 'embedded' || index === 'beside';
    this.#samples = indexed ? await archive.sampleRows({ signal }) : (await archive.samples({ signal })).map((name) => ({ name }));
    signal.throwIfAborted();
    this.#panel.setItems(this.#samples, 'This archive has no samples.');
    this.#fit();
    const near = local || (sampleCount <= batchSize && size <= SMALL_BYTES);
    if (!indexed && near) void this.#readBatches(archive, Math.max(1, batchSize), signal).catch(() => {}); // who chooses a sample is told
    return this.#samples.map(({ name }) => name);
  }

  choose(sample: string): void {
    this.#panel.choose(this.#samples.find(({ name }) => name === sample));
  }

  /** Batch by batch, so that what the user asks for meanwhile need not wait long. */
  async #readBatches(archive: AgcArchive, batchSize: number, signal: AbortSignal): Promise<void> {
    const samples = this.#samples;
    for (let from = 0; from < samples.length; from += batchSize) {
      const rows = await archive.sampleRows({ from, count: batchSize, signal });
      for (const [i, row] of rows.entries()) Object.assign(samples[from + i]!, row);
    }
    if (samples !== this.#samples) return;
    this.#panel.refresh();
    this.#fit();
  }

  /** Gives the pane the room it needs, where there is enough of it. */
  #fit(): void {
    byId('workspace').style.setProperty('--samples-fit', this.#panel.fit);
  }
}
