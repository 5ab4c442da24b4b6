// Archives stay open as long as something of theirs is being saved, whatever the page shows meanwhile.

import type { AgcArchive } from '../../../types/index.d.ts';

const uses = new Map<AgcArchive, number>();
const unwanted = new Set<AgcArchive>();

/** Keeps `archive` open until `work` is done. */
export async function keepOpen(archive: AgcArchive, work: Promise<void>): Promise<void> {
  uses.set(archive, (uses.get(archive) ?? 0) + 1);
  try {
    await work;
  } finally {
    const left = (uses.get(archive) ?? 1) - 1;
    if (left > 0) uses.set(archive, left);
    else uses.delete(archive);
    if (unwanted.has(archive)) closeWhenSaved(archive);
  }
}

/** Closes `archive`, now or when all is saved that was to be. */
export function closeWhenSaved(archive: AgcArchive): void {
  if (uses.has(archive)) {
    unwanted.add(archive);
  } else {
    unwanted.delete(archive);
    archive.close();
  }
}
