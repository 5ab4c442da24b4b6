// Archives that are decoded where they are opened. Builds of the page put in-place-never.ts in the place of this module.

import type { AgcStats } from '../types/index.d.ts';
import { Service, type Answerer } from './service.ts';

export function inPlace(onStats: (stats: AgcStats) => void): Answerer {
  return new Service(onStats);
}
