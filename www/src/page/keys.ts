// The keys that work wherever on the page one is, and the list of all keys.

import { byId } from './dom.ts';

export function listenForPageKeys(): void {
  const help = byId<HTMLDialogElement>('help');
  byId('help-open').addEventListener('click', () => help.showModal());
  byId('help-close').addEventListener('click', () => help.close());
  // A click beside the dialog is one on its backdrop, which is the dialog itself.
  help.addEventListener('click', (event) => event.target === help && help.close());
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || isTyping(event.target)) return;
    if (event.key === '?') help.showModal();
    else if (event.key === '/') focusFilter();
    else return;
    event.preventDefault();
  });
}

/** The filter box of the pane one is in, or else the first that is there to be seen; of the welcome, the address. */
function focusFilter(): void {
  const here = document.activeElement?.closest('.pane')?.querySelector<HTMLInputElement>('.filter');
  const boxes = [here, byId<HTMLInputElement>('contigs-filter'), byId<HTMLInputElement>('samples-filter'), byId<HTMLInputElement>('url')];
  const box = boxes.find((box) => box && box.offsetParent !== null);
  box?.focus();
  box?.select();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox])'));
}
