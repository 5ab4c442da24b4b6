// Where a download goes: what the user picks, where browsers let pages write; else a download of the browser's own.

import { serviceWorker } from '../offline/register.ts';
import { BlobSink, WHOLE_BYTES_MAX } from './blob.ts';
import { canPickFile, canPickFolder, pickFile, pickFolder } from './picked.ts';
import type { Sink } from './sink.ts';
import { StreamSink } from './streamed.ts';

/** Files up to this size are handed over whole, which every browser can. */
const SMALL_BYTES_MAX = 16 * 1024 * 1024;

/** How long a file will be. */
export interface Size {
  bytes: number;
  /** Otherwise it will be shorter, as it is compressed. */
  exact: boolean;
}

export interface Destination {
  /** The file, or the folder, as people know it. */
  title: string;
  /** Whether each file is a file of its own in it; else there is one, whatever its name. */
  folder: boolean;
  /** Called when its turn has come. */
  open(name: string, size: Size): Promise<Sink>;
  /** Nothing will be written any more. */
  forget(): Promise<void>;
}

const TYPES: Record<string, { description: string; accept: Record<string, string[]> }> = {
  '.fa': { description: 'FASTA', accept: { 'text/x-fasta': ['.fa', '.fasta'] } },
  '.gz': { description: 'gzip', accept: { 'application/gzip': ['.gz'] } },
  '.tar': { description: 'tar archive', accept: { 'application/x-tar': ['.tar'] } },
};

/** Called from a click, so that the browser allows it to ask where; `AbortError` if the user thinks better of it. */
export async function chooseFile(name: string, ending: string): Promise<Destination> {
  const fileName = name + ending;
  const picked = canPickFile() ? await pickFile(fileName, TYPES[ending.slice(ending.lastIndexOf('.'))]!).catch(unlessForbidden) : undefined;
  return picked ?? { title: fileName, folder: false, open: (_, size) => browserDownload(fileName, size), forget: async () => {} };
}

/** A folder, where the user can pick one. Called from a click. */
export async function chooseFolder(ending: string): Promise<Destination | undefined> {
  return canPickFolder() ? pickFolder(ending).catch(unlessForbidden) : undefined;
}

/** Pages inside pages of other sites may not ask. */
function unlessForbidden(error: unknown): undefined {
  if (!(error instanceof DOMException && error.name === 'SecurityError')) throw error;
}

async function browserDownload(fileName: string, size: Size): Promise<Sink> {
  const worker = size.bytes > SMALL_BYTES_MAX ? await serviceWorker() : undefined;
  if (!worker) return new BlobSink(fileName, size);
  try {
    return await StreamSink.start(worker, fileName, size);
  } catch (error) {
    if (size.bytes > WHOLE_BYTES_MAX) throw error;
    return new BlobSink(fileName, size);
  }
}
