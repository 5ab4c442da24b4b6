// On the page everything is decoded in the worker, so its script comes without a decoder's half of the package.

import { AgcError } from './errors.ts';
import type { Answerer } from './service.ts';

export function inPlace(): Answerer {
  throw new AgcError('This page decodes in its worker only.');
}
