// Who answers where no worker does. The page has `in-worker.ts` in the place of this, as it never decodes by itself.

export { Service as InPlace } from './service.ts';
