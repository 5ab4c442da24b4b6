// Archives that are open in this thread. The samples of one archive share it, and so what is the same in many of them is
// fetched and decoded once.

import { getFetcher, openLocation } from '@jbrowse/core/util/io';

import { AgcArchive } from '../../../src/archive.ts';
import { isAbort } from '../../../src/errors.ts';
import { httpSource } from '../../../src/http.ts';
import { Shared } from '../../../src/shared.ts';
import { filehandleSource, type ByteSource } from '../../../src/source.ts';

/** Of one JBrowse, by the locations of archive and index. */
interface Archives {
  open: Map<string, AgcArchive>;
  opening: Map<string, Shared<AgcArchive>>;
}

/** By pluginManager, as that knows how to log in. */
const archivesOf = new WeakMap<object, Archives>();
const NOBODY = {};
/** In JBrowse's own workers decoding is done in place. They pretend to have a document. */
const IS_PAGE = !('WorkerGlobalScope' in globalThis);

/** Opens an archive, or finds it open. A failure is forgotten, so that the next call tries again. */
export function openArchive(location: FileLocation, index: FileLocation, pluginManager: PluginManager | undefined, signal: AbortSignal): Promise<AgcArchive> {
  const owner = pluginManager ?? NOBODY;
  const { open, opening } = archivesOf.get(owner) ?? { open: new Map(), opening: new Map() };
  archivesOf.set(owner, { open, opening });
  const key = JSON.stringify([location, index]);
  const archive = open.get(key);
  if (archive) return Promise.resolve(archive);
  const work = async (stop: AbortSignal) => {
    const opened = await openFrom(location, index, pluginManager, stop);
    open.set(key, opened);
    return opened;
  };
  const shared = opening.get(key) ?? new Shared(work, () => opening.delete(key));
  opening.set(key, shared);
  return shared.join(signal);
}

async function openFrom(location: FileLocation, index: FileLocation, pluginManager: PluginManager | undefined, signal: AbortSignal): Promise<AgcArchive> {
  let refusal: unknown;
  const sourceOf = (file: FileLocation) => sourceAt(file, pluginManager, (error) => (refusal = error));
  try {
    return await AgcArchive.open(sourceOf(location), { signal, worker: IS_PAGE, ...(index.uri !== '' && { index: sourceOf(index) }) });
  } catch (error) {
    throw refusal ?? error;
  }
}

/**
 * An address is read by our own requests, with the authorisation that JBrowse has for it: its cache would fetch 256 KiB
 * where 10 are needed.
 */
function sourceAt(location: FileLocation, pluginManager: PluginManager | undefined, refused: (error: unknown) => void): ByteSource {
  if (location.uri === undefined) return filehandleSource(openLocation(location, pluginManager));
  const url = new URL(location.uri, location.baseUri ?? globalThis.location.href).href;
  const authorised = getFetcher(location, pluginManager);
  // That one must log in is no trouble of the network, which is a TypeError: asking again would not help.
  const send: typeof fetch = (...request) =>
    authorised(...request).catch((error) => {
      if (error instanceof TypeError || isAbort(error)) throw error;
      refused(error);
      return new Response(null, { status: 401 });
    });
  return httpSource(url, { fetch: send });
}
