// One download from its click to its end: where to, its turn, the files, and what the page tells of it.

import type { AgcArchive } from '../../../types/index.d.ts';
import { isAbort } from '../../errors.ts';
import type { Bytes } from '../../ranges.ts';
import { Card } from './card.ts';
import { chooseFile, chooseFolder, type Destination } from './destination.ts';
import type { FastaFile } from './fasta-file.ts';
import { gzipped } from './gzip.ts';
import { keepOpen } from './lease.ts';
import { enqueue } from './queue.ts';
import { pour } from './sink.ts';
import { tarBytes, tarOf } from './tar.ts';

export interface Download {
  archive: AgcArchive;
  /** What the file is called that holds it, without an ending; and the folder in it, if there are several files. */
  name: string;
  several: boolean;
  /** The files and how long they will be; `found` is told how many of how many are known. */
  files: (signal: AbortSignal, found: (done: number, all: number) => void) => Promise<FastaFile[]>;
}

/** Called from a click, so that the browser allows it to ask where. */
export async function start(download: Download, gzip: boolean): Promise<void> {
  let to: Destination;
  try {
    to = await choose(download, gzip);
  } catch (error) {
    if (!isAbort(error)) new Card(download.name, () => {}).fail(error);
    return;
  }
  const stop = new AbortController();
  const card = new Card(to.title, () => stop.abort());
  void keepOpen(download.archive, enqueue(() => card.waits(), () => save(download, gzip, to, card, stop.signal), stop.signal));
}

/** Several samples go into a folder, a file each; where none can be picked, into one tar archive. */
async function choose({ name, several }: Download, gzip: boolean): Promise<Destination> {
  const squeezed = gzip ? '.gz' : '';
  const folder = several ? await chooseFolder(`.fa${squeezed}`) : undefined;
  return folder ?? chooseFile(name, `${several ? '.tar' : '.fa'}${squeezed}`);
}

async function save(download: Download, gzip: boolean, to: Destination, card: Card, signal: AbortSignal): Promise<void> {
  /** Files that are complete. */
  let complete = 0;
  try {
    signal.throwIfAborted();
    const files = await download.files(signal, (done, all) => card.measuring(done, all));
    const written = async (chunks: AsyncIterable<Bytes>, name: string, bytes: number) => {
      const told = telling(chunks, (more) => card.progress(more));
      return pour(gzip ? gzipped(told, signal) : told, await to.open(name, { bytes, exact: !gzip }), signal);
    };
    let bytes = 0;
    if (to.folder) {
      card.begin(files.reduce((sum, file) => sum + file.bytes, 0));
      for (const file of files) {
        card.file(complete + 1, files.length);
        bytes += await written(file.chunks(signal), file.name, file.bytes);
        complete++;
      }
    } else {
      const one = download.several ? inOne(download.name, files, signal) : { chunks: files[0]!.chunks(signal), bytes: files[0]!.bytes };
      card.begin(one.bytes);
      bytes = await written(one.chunks, to.title, one.bytes);
    }
    card.finish(bytes);
  } catch (error) {
    await to.forget();
    card.fail(error, complete);
  }
}

/** Files in a folder of a tar archive. */
function inOne(folder: string, files: readonly FastaFile[], signal: AbortSignal) {
  const placed = files.map((file) => ({ ...file, path: `${folder}/${file.name}.fa` }));
  return { chunks: tarOf(placed, ({ chunks }) => chunks(signal), Math.floor(Date.now() / 1000)), bytes: tarBytes(placed) };
}

async function* telling(chunks: AsyncIterable<Bytes>, tell: (bytes: number) => void): AsyncGenerator<Bytes> {
  for await (const chunk of chunks) {
    const { length } = chunk; // its buffer may be given away
    yield chunk;
    tell(length);
  }
}
