// What JBrowse proposes for a file called x.agc.

import { getFileName } from '@jbrowse/core/util/tracks';

const NAME = 'AgcAdapter';

/** The first sample of the archive, as the name of the file tells of no other. */
export function guessAdapter(others: AdapterGuesser): AdapterGuesser {
  return (file, index, adapterHint) => {
    const isOurs = adapterHint ? adapterHint === NAME : /\.agc(\.gz)?$/i.test(getFileName(file));
    return isOurs ? { type: NAME, agcLocation: file, ...(index && { indexLocation: index }) } : others(file, index, adapterHint);
  };
}

export function guessTrackType(others: TrackTypeGuesser): TrackTypeGuesser {
  return (adapterName) => (adapterName === NAME ? 'ReferenceSequenceTrack' : others(adapterName));
}
