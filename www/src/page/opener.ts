// The ways to name an archive: an address typed, a file chosen, a file dropped.

import { byId } from './dom.ts';

export interface Opener {
  onAddress: (text: string) => void;
  onFile: (file: File) => void;
}

export function listenForArchives({ onAddress, onFile }: Opener): void {
  const address = byId<HTMLInputElement>('url');
  byId<HTMLFormElement>('open-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = address.value.trim();
    if (text) onAddress(text);
    else address.focus();
  });

  const file = byId<HTMLInputElement>('file');
  for (const id of ['choose', 'choose-large']) byId(id).addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (chosen) onFile(chosen);
    file.value = ''; // so that the same file can be chosen again
  });

  listenForDrops(onFile, onAddress);
}

/** The whole page takes files, and links dragged from other pages. */
function listenForDrops(onFile: (file: File) => void, onAddress: (text: string) => void): void {
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
    if (file) onFile(file);
    else if (link) onAddress(link);
  });
}
