// The ways to name an archive: an address typed, a file chosen, a file dropped.

import { isAbort } from '../errors.ts';
import { byId } from './dom.ts';
import type { FileHandle } from './recent.ts';

export interface Opener {
  onAddress: (text: string) => void;
  /** With a handle where the browser has one, by which the file is found again. */
  onFile: (file: File, handle?: FileHandle) => void;
}

/** The parts of the File System Access API used here; TypeScript's library lacks them. */
interface OpenPicker {
  showOpenFilePicker?(options: object): Promise<FileHandle[]>;
}
type ItemWithHandle = DataTransferItem & { getAsFileSystemHandle?(): Promise<(FileHandle & { kind: string }) | null> };

export function listenForArchives({ onAddress, onFile }: Opener): void {
  const address = byId<HTMLInputElement>('url');
  byId<HTMLFormElement>('open-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = address.value.trim();
    if (text) onAddress(text);
    else address.focus();
  });

  const file = byId<HTMLInputElement>('file');
  const pick = async () => {
    const picker = globalThis as OpenPicker;
    if (!picker.showOpenFilePicker) return file.click();
    const types = [{ description: 'AGC archive', accept: { 'application/octet-stream': ['.agc'] } }];
    try {
      const [handle] = await picker.showOpenFilePicker({ types });
      if (handle) onFile(await handle.getFile(), handle);
    } catch (error) {
      if (!isAbort(error)) file.click(); // a page within a page may not use it
    }
  };
  for (const id of ['choose', 'choose-large']) byId(id).addEventListener('click', () => void pick());
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (chosen) onFile(chosen);
    file.value = ''; // so that the same file can be chosen again
  });

  listenForDrops(onFile, onAddress);
}

/** The whole page takes files, and links dragged from other pages. */
function listenForDrops(onFile: Opener['onFile'], onAddress: Opener['onAddress']): void {
  const veil = byId('drop');
  let inside = 0;
  const takes = (event: DragEvent) => event.dataTransfer?.types.some((t) => t === 'Files' || t === 'text/uri-list');
  const show = (change: number) => {
    inside = Math.max(0, inside + change);
    veil.hidden = inside === 0;
  };
  addEventListener('dragenter', (event) => takes(event) && show(1));
  addEventListener('dragleave', (event) => takes(event) && show(-1));
  addEventListener('dragover', (event) => {
    if (takes(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    show(-inside);
    if (!takes(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    const link = event.dataTransfer?.getData('text/uri-list').split(/\r?\n/)[0];
    if (file) void handleOf(event.dataTransfer?.items[0]).then((handle) => onFile(file, handle));
    else if (link) onAddress(link);
  });
}

/** To be asked for before the drop is over. */
async function handleOf(item: ItemWithHandle | undefined): Promise<FileHandle | undefined> {
  try {
    const handle = await item?.getAsFileSystemHandle?.();
    return handle?.kind === 'file' ? handle : undefined;
  } catch {
    return undefined;
  }
}
