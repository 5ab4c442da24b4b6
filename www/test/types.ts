// Checked by tsc alone: what the package exports is what types/index.d.ts declares.

import * as made from '../src/index.ts';
import type * as declared from '../types/index.d.ts';

// A class with a private constructor is compared by what it makes and by what it can do itself.
type Plain = Omit<typeof declared, 'AgcArchive'>;
export const functions: Plain = made;
export const open: typeof declared.AgcArchive.open = made.AgcArchive.open;
export const archive = (it: made.AgcArchive): declared.AgcArchive => it;

// Nothing is exported that is not declared.
type Undeclared = Exclude<keyof typeof made, keyof typeof declared>;
export const undeclared: Undeclared[] = [] satisfies never[];
