// What the archive holds, as one bar by kind, with its numbers.

import type { ArchiveSizes } from '../../../types/index.d.ts';
import { make } from '../dom.ts';
import { percent, size } from '../format.ts';

/** In the order of the bar; colours are classes. */
const KINDS: readonly { name: keyof ArchiveSizes; title: string; about: string }[] = [
  { name: 'references', title: 'References', about: 'sequence that was new: the reference of each group of segments' },
  { name: 'deltas', title: 'Deltas', about: 'segments stored as differences from a reference' },
  { name: 'raw', title: 'Raw', about: 'segments stored as they are, without a reference' },
  { name: 'tables', title: 'Tables', about: 'names, contigs, segments, digests and splitters' },
  { name: 'index', title: 'Index', about: 'for reading over a network' },
  { name: 'footer', title: 'Footer', about: 'where everything lies' },
];

export function showSizes(host: HTMLElement, sizes: ArchiveSizes): void {
  const shown = KINDS.filter(({ name }) => sizes[name] > 0);
  const total = shown.reduce((sum, { name }) => sum + sizes[name], 0);
  const bar = make('div', 'sizes-bar');
  bar.setAttribute('aria-hidden', 'true');
  const list = make('ul', 'sizes-list');
  for (const { name, title, about } of shown) {
    const words = `${title}: ${size(sizes[name])}, ${percent(sizes[name], total)} of the archive; ${about}`;
    const piece = make('span', `kind ${name}`);
    piece.style.flexGrow = String(sizes[name] / total);
    const item = make('li');
    item.append(make('i', `kind ${name}`), make('span', '', title), make('b', '', size(sizes[name])), make('span', 'share', percent(sizes[name], total)));
    piece.title = item.title = words;
    bar.append(piece);
    list.append(item);
    for (const [one, other] of [[piece, item], [item, piece]] as const) {
      one.addEventListener('pointerenter', () => other.classList.add('lit'));
      one.addEventListener('pointerleave', () => other.classList.remove('lit'));
    }
  }
  host.replaceChildren(bar, list);
  host.hidden = false;
}
