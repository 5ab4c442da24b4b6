// Archives that the system hands to the page where it is installed: files opened with it (`file_handlers` of the manifest).

import type { FileHandle } from '../recent.ts';

/** The part of the Launch Handler API used here, which TypeScript's library lacks. */
interface LaunchQueue {
  setConsumer(consumer: (launch: { files: readonly FileHandle[] }) => void): void;
}

export function listenForLaunches(onFile: (file: File, handle: FileHandle) => void): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files: [handle] }) => {
    if (handle) onFile(await handle.getFile(), handle);
  });
}
