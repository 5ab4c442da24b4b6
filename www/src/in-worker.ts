// In the place of `in-place.ts` on the page: all that fetches and decodes is in the worker's script, not in the page's.

import { AgcError } from './errors.ts';
import type { Service } from './service.ts';

export const InPlace = class {
  constructor() {
    throw new AgcError('This page reads archives in a worker only.');
  }
} as unknown as typeof Service;
