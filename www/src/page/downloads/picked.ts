// Files and folders that the user picks, written as the bytes come (File System Access).
//
// The browser writes beside the file and renames when it is closed, so what breaks off leaves nothing of it.

import type { Bytes } from '../../ranges.ts';
import type { Destination } from './destination.ts';
import { numbered } from './names.ts';
import type { Sink } from './sink.ts';

interface FileHandle {
  readonly name: string;
  createWritable(): Promise<Sink>;
  getFile(): Promise<File>;
  /** Not in every browser. */
  remove?(): Promise<void>;
}

interface FolderHandle {
  readonly name: string;
  getFileHandle(name: string, options?: { create: boolean }): Promise<FileHandle>;
}

/** The part of the API that is not in TypeScript's library. */
interface Pickers {
  showSaveFilePicker?(options: object): Promise<FileHandle>;
  showDirectoryPicker?(options: object): Promise<FolderHandle>;
}
const pickers = globalThis as Pickers;

/** The browser remembers the folder chosen last. */
const WHERE = { id: 'ragc', startIn: 'downloads' };

export function canPickFile(): boolean {
  return pickers.showSaveFilePicker !== undefined;
}

export function canPickFolder(): boolean {
  return pickers.showDirectoryPicker !== undefined;
}

/** A file; `AbortError` if the user thinks better of it. Called from a click. */
export async function pickFile(suggestedName: string, type: { description: string; accept: Record<string, string[]> }): Promise<Destination> {
  const handle = await pickers.showSaveFilePicker!({ ...WHERE, suggestedName, types: [type] });
  return { title: handle.name, folder: false, open: () => PickedSink.on(handle), forget: () => removeEmpty(handle) };
}

/** A folder for files of that ending, none of which is put in the place of one that was there. Called from a click. */
export async function pickFolder(ending: string): Promise<Destination> {
  const handle = await pickers.showDirectoryPicker!({ ...WHERE, mode: 'readwrite' });
  return { title: handle.name, folder: true, open: async (name) => PickedSink.on(await newFile(handle, name, ending)), forget: async () => {} };
}

async function newFile(folder: FolderHandle, name: string, ending: string): Promise<FileHandle> {
  for (let number = 1; ; number++) {
    const fileName = `${numbered(name, number)}${ending}`;
    if (!(await isThere(folder, fileName))) return folder.getFileHandle(fileName, { create: true });
  }
}

async function isThere(folder: FolderHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    const { name: why } = error as DOMException;
    if (why === 'NotFoundError') return false;
    if (why === 'TypeMismatchError') return true; // a folder
    throw error;
  }
}

class PickedSink implements Sink {
  readonly #handle: FileHandle;
  readonly #writable: Sink;

  static async on(handle: FileHandle): Promise<PickedSink> {
    return new PickedSink(handle, await handle.createWritable());
  }

  private constructor(handle: FileHandle, writable: Sink) {
    this.#handle = handle;
    this.#writable = writable;
  }

  write(chunk: Bytes): Promise<void> {
    return this.#writable.write(chunk);
  }

  close(): Promise<void> {
    return this.#writable.close();
  }

  async abort(): Promise<void> {
    await this.#writable.abort().catch(() => {}); // it has failed by itself
    await removeEmpty(this.#handle);
  }
}

/** Browsers make an empty file when a name is picked. */
async function removeEmpty(handle: FileHandle): Promise<void> {
  try {
    if ((await handle.getFile()).size === 0) await handle.remove?.();
  } catch {
    // Then it stays, and is empty.
  }
}
