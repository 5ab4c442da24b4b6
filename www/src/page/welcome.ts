// What is offered while nothing is open: the archives this page is for, a demonstration, and those opened before.

import type { Config, ConfiguredArchive } from './config.ts';
import { byId, make } from './dom.ts';
import { archiveLink, type ArchiveLink } from './link.ts';
import { forgetAddress, forgetAll, forgetFile, recentAddresses, recentFiles, type RecentAddress, type RecentFile } from './recent.ts';

export interface WelcomeOptions {
  onLink: (link: ArchiveLink) => void;
  onFile: (file: RecentFile) => void;
}

/** Comes with the page. */
const DEMONSTRATION: ConfiguredArchive = { name: 'Demonstration', url: 'demo.agc', text: 'Eight simulated genomes of two haplotypes each, 255 kB' };

export class Welcome {
  #config: Config | undefined;
  readonly #options: WelcomeOptions;

  constructor(options: WelcomeOptions) {
    this.#options = options;
    byId('recent-forget').addEventListener('click', () => void forgetAll().then(() => this.show()));
  }

  /** What config.json says. Until it is known, nothing is offered that it may not want. */
  configure(config: Config): void {
    this.#config = config;
    const { title, text, links } = config;
    if (title) {
      byId('title').textContent = title;
      byId('welcome-title').textContent = title;
      document.title = title;
    }
    if (text) byId('welcome-text').textContent = text;
    byId('welcome').dataset.ready = '';
    byId('links').replaceChildren(
      ...links.map(({ text, url }) => {
        const link = make('a', '', text);
        link.href = url;
        return link;
      }),
    );
    void this.show();
  }

  /** Draws it as it is now. */
  async show(): Promise<void> {
    if (!this.#config) return;
    const archives = this.#config.archives.length ? this.#config.archives : [DEMONSTRATION];
    byId('welcome-archives').replaceChildren(...archives.map((archive) => this.#offer(archive)));
    const files = await recentFiles();
    const recent = [...recentAddresses().map((address) => this.#recent(address)), ...files.map((file) => this.#recent(file))];
    byId('recent-list').replaceChildren(...recent.sort((a, b) => b.at - a.at).map(({ row }) => row));
    byId('recent').hidden = recent.length === 0;
  }

  #offer(archive: ConfiguredArchive): HTMLElement {
    const item = make('li');
    const link = this.#link(archive, 'offer');
    link.append(make('strong', '', archive.name));
    if (archive.text) link.append(make('span', '', archive.text));
    item.append(link);
    return item;
  }

  #recent(archive: RecentAddress | RecentFile): { at: number; row: HTMLElement } {
    const row = make('li');
    if ('url' in archive) {
      const link = this.#link(archive, 'known');
      link.append(make('strong', '', archive.name), make('span', '', new URL(archive.url).host));
      row.append(link);
    } else {
      const button = make('button', 'known');
      button.type = 'button';
      button.append(make('strong', '', archive.name), make('span', '', 'file on this computer'));
      button.addEventListener('click', () => this.#options.onFile(archive));
      row.append(button);
    }
    const forget = make('button', 'button quiet small', 'Forget');
    forget.type = 'button';
    forget.setAttribute('aria-label', `Forget ${archive.name}`);
    forget.addEventListener('click', async () => {
      if ('url' in archive) forgetAddress(archive.url);
      else await forgetFile(archive.at);
      await this.show();
      (byId('recent').hidden ? byId('url') : byId('recent-forget')).focus();
    });
    row.append(forget);
    return { at: archive.at, row };
  }

  /** A link that can be opened in another tab as well. */
  #link({ url, index }: ArchiveLink, className: string): HTMLAnchorElement {
    const link = make('a', className);
    const target: ArchiveLink = index === undefined ? { url } : { url, index };
    link.href = archiveLink(target);
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#options.onLink(target);
    });
    return link;
  }
}
