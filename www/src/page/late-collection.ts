// The picture of the collection, whose script comes with the first archive that is opened: the page is painted before.

import type { AgcArchive } from '../../types/index.d.ts';
import type { CollectionPane } from './collection/collection.ts';
import type { Place } from './link.ts';

export interface LateOptions {
  /** Called with the place that was clicked. */
  onGo: (place: Place) => void;
  /** Called if the script does not come. */
  onFailure: () => void;
}

export class LateCollection {
  #pane: Promise<CollectionPane> | undefined;
  /** Counts archives, so that one that was closed meanwhile is not shown. */
  #turn = 0;
  readonly #options: LateOptions;

  constructor(options: LateOptions) {
    this.#options = options;
  }

  clear(): void {
    this.#turn++;
    void this.#pane?.then((pane) => pane.clear()).catch(() => {}); // told by open
  }

  async open(archive: AgcArchive, samples: readonly string[], isFile: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.#pane ??= this.#load();
    try {
      const pane = await this.#pane;
      if (turn === this.#turn) await pane.open(archive, samples, isFile);
    } catch {
      this.#pane = undefined;
      if (turn === this.#turn) this.#options.onFailure();
    }
  }

  async #load(): Promise<CollectionPane> {
    const { CollectionPane } = await import('./collection/collection.ts');
    const pane = new CollectionPane();
    pane.onGo = this.#options.onGo;
    return pane;
  }
}
