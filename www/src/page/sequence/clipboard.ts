// Letters to the clipboard, with a word about it on the button.

import { announce, byId } from '../dom.ts';

const SAID_MS = 2000;

/** Copies what `text` gives when the button is pressed; `failed` is said if the browser does not allow it. */
export function copyOn(id: string, text: () => string, failed: string): void {
  const button = byId<HTMLButtonElement>(id);
  const label = button.textContent ?? '';
  button.addEventListener('click', () => {
    const said = (words: string) => {
      button.textContent = words;
      announce(words);
      setTimeout(() => (button.textContent = label), SAID_MS);
    };
    navigator.clipboard?.writeText(text()).then(() => said('Copied'), () => said(failed)) ?? said(failed);
  });
}

/** A FASTA record of lines of 80 letters. */
export function record(name: string, bases: string): string {
  return `>${name}\n${bases.replace(/.{1,80}/g, '$&\n')}`;
}
