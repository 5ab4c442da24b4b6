// The menu at a button that saves something: in which format.

import { make } from '../dom.ts';
import { size } from '../format.ts';
import { CAN_GZIP } from './gzip.ts';

export interface Format {
  label: string;
  gzip: boolean;
}

const FORMATS: readonly Format[] = [
  { label: 'FASTA', gzip: false },
  { label: 'FASTA, gzipped', gzip: true },
];
const GAP_PX = 4;

let open: { button: HTMLElement; close: () => void } | undefined;

/** Says what the button does, which is to call {@link toggleMenu}. */
export function announceMenu(button: HTMLElement): void {
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
}

/**
 * Opens the menu at `button`, or closes it if it is open there. `bytes` of FASTA are told if they are known; `choose` is
 * called from the click on a format.
 */
export function toggleMenu(button: HTMLElement, bytes: number | undefined, choose: (format: Format) => void): void {
  const again = open?.button === button;
  open?.close();
  if (again) return;
  const listening = new AbortController();
  const { signal } = listening;
  const menu = make('div', 'menu');
  const close = () => {
    listening.abort();
    // Focus that was in the menu would be nowhere.
    if (menu.contains(document.activeElement)) button.focus();
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    open = undefined;
  };
  const items = FORMATS.filter(({ gzip }) => CAN_GZIP || !gzip).map((format) =>
    makeItem(format.label, format.gzip ? undefined : bytes, () => {
      close();
      choose(format);
    }));
  menu.append(...items);
  menu.popover = 'manual';
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', `${button.getAttribute('aria-label') ?? button.textContent?.trim()} as`);
  menu.addEventListener('keydown', (event) => onKey(event, items, close));
  addEventListener('pointerdown', ({ target }) => !menu.contains(target as Node) && !button.contains(target as Node) && close(), { signal, capture: true });
  addEventListener('resize', close, { signal });
  addEventListener('blur', close, { signal });

  document.body.append(menu);
  menu.showPopover();
  place(menu, button);
  button.setAttribute('aria-expanded', 'true');
  open = { button, close };
  items[0]?.focus();
}

function makeItem(label: string, bytes: number | undefined, onClick: () => void): HTMLElement {
  const item = make('button', 'menu-item', label);
  if (bytes !== undefined) item.append(make('span', 'aside', size(bytes)));
  item.type = 'button';
  item.setAttribute('role', 'menuitem');
  item.tabIndex = -1;
  item.onclick = onClick;
  return item;
}

function onKey(event: KeyboardEvent, items: readonly HTMLElement[], close: () => void): void {
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items.at(to % items.length)?.focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    close();
    if (event.key === 'Escape') event.preventDefault();
  }
  event.stopPropagation();
}

/** Below the button, or above it where there is no room; inside the window. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + GAP_PX;
  const left = Math.min(Math.max(at.right - width, GAP_PX), innerWidth - width - GAP_PX);
  menu.style.top = `${below + height <= innerHeight ? below : at.top - GAP_PX - height}px`;
  menu.style.left = `${left}px`;
}
