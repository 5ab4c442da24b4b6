// Light or dark: as the system has it, until the button says otherwise.

import { byId } from './dom.ts';

const KEY = 'ragc-theme';

export function startTheme(): void {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const button = byId<HTMLButtonElement>('theme');
  const chosen = remembered();
  if (chosen) root.dataset.theme = chosen;
  const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
  const label = () => {
    button.title = dark() ? 'Light colours' : 'Dark colours';
    button.setAttribute('aria-label', button.title);
  };
  button.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    label();
  });
  system.addEventListener('change', label);
  label();
}

// Storage may be forbidden; the choice then lasts as long as the page.
function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // see above
  }
}
