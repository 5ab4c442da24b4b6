// The keys of a table: moves, groups, ticks, and the first letters of a name.

import type { Table } from './table.ts';

/** Letters that follow each other this soon, in milliseconds, are one name. */
const LETTERS_MS = 900;

export function listenForKeys<Item>(table: Table<Item>): void {
  let letters = '';
  let lastLetter = 0;

  const moveTo = (row: number) => {
    if (table.rows.count === 0) return;
    table.active = Math.max(0, Math.min(table.rows.count - 1, row));
    table.reveal(table.active);
    table.redraw();
  };

  /** Opens or closes the group of the active row; from a member, Left goes to its group. */
  const fold = (open: boolean) => {
    const row = table.rows.at(table.active);
    if (!row) return;
    if ('group' in row) {
      if (table.rows.isOpen(row.group) === open) moveTo(table.active + (open ? 1 : 0));
      else table.setOpen(row.group, open);
    } else if (!open && table.rows.groupOf(row.item) >= 0) moveTo(table.rows.rowOfGroup(table.rows.groupOf(row.item)));
  };

  const search = (letter: string) => {
    const now = performance.now();
    letters = now - lastLetter < LETTERS_MS ? letters + letter : letter;
    lastLetter = now;
    // A second letter may belong to the row that the first one found.
    const found = table.rows.find(letters, table.active + (letters.length === 1 ? 1 : 0));
    if (found >= 0) moveTo(found);
  };

  const moves: Record<string, () => void> = {
    ArrowDown: () => moveTo(table.active + 1),
    ArrowUp: () => moveTo(table.active - 1),
    PageDown: () => moveTo(table.active + table.page),
    PageUp: () => moveTo(table.active - table.page),
    Home: () => moveTo(0),
    End: () => moveTo(table.rows.count - 1),
    ArrowRight: () => fold(true),
    ArrowLeft: () => fold(false),
    Enter: () => table.enter(table.active),
    ' ': () => table.tick(table.active),
    '*': () => table.toggleAll(),
  };

  table.host.addEventListener('keydown', (event) => {
    // Buttons of the head have keys of their own.
    if (event.target !== table.host || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moves[event.key];
    if (move) move();
    // What these two do, they do everywhere on the page.
    else if (event.key.length === 1 && event.key !== '/' && event.key !== '?') search(event.key);
    else return;
    event.preventDefault();
  });
}
