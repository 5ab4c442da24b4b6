// The part of JBrowse's own packages that is used here, the same in JBrowse 3 and 4.

/** Where a file is: an address, a file the user chose, or on the disk (JBrowse Desktop). */
interface FileLocation {
  locationType?: string;
  uri?: string;
  /** What `uri` is relative to. */
  baseUri?: string;
}

interface AdapterConfig {
  type: string;
  [slot: string]: unknown;
}

/** What a `ConfigurationSchema` is made of: a slot by name. */
interface Slot {
  type: 'fileLocation' | 'string';
  description: string;
  defaultValue: unknown;
}

interface PluginManager {
  addAdapterType(make: () => unknown): void;
  addToExtensionPoint(name: 'Core-guessAdapterForLocation', extend: (guesser: AdapterGuesser) => AdapterGuesser): void;
  addToExtensionPoint(name: 'Core-guessTrackTypeForLocation', extend: (guesser: TrackTypeGuesser) => TrackTypeGuesser): void;
}

type AdapterGuesser = (file: FileLocation, index?: FileLocation, adapterHint?: string) => AdapterConfig | undefined;
type TrackTypeGuesser = (adapterName: string) => string;

declare module '@jbrowse/core/Plugin' {
  export default abstract class Plugin {
    abstract name: string;
    version?: string;
    install(pluginManager: PluginManager): void;
    configure(pluginManager: PluginManager): void;
  }
}

declare module '@jbrowse/core/pluggableElementTypes/AdapterType' {
  export default class AdapterType {
    constructor(options: {
      name: string;
      displayName: string;
      configSchema: unknown;
      adapterMetadata?: { hiddenFromGUI?: boolean };
      getAdapterClass: () => Promise<unknown>;
    });
  }
}

declare module '@jbrowse/core/configuration' {
  export interface Snapshot {
    uri?: string;
    baseUri?: string;
    [slot: string]: unknown;
  }
  export function ConfigurationSchema(name: string, slots: Record<string, Slot>, options: { explicitlyTyped: true; preProcessSnapshot: (snapshot: Snapshot) => Snapshot }): unknown;
}

declare module '@jbrowse/core/data_adapters/BaseAdapter' {
  export interface BaseOptions {
    /** Names a question; JBrowse takes the name away to stop it. */
    stopToken?: string | undefined;
    statusCallback?: ((message: string) => void) | undefined;
  }
  /** 0-based, half-open. */
  export interface NoAssemblyRegion {
    refName: string;
    start: number;
    end: number;
  }
  export class BaseAdapter {
    pluginManager?: PluginManager;
    getConf(slot: string): unknown;
  }
  export class BaseSequenceAdapter extends BaseAdapter {}
}

declare module '@jbrowse/core/util' {
  export interface Feature {
    get(name: string): unknown;
  }
  export class SimpleFeature implements Feature {
    constructor(options: { id: string; data: { refName: string; start: number; end: number; seq: string } });
    get(name: string): unknown;
  }
  /** Says `message` while `work` goes on; fails if that was stopped meanwhile. */
  export function updateStatus2<T>(message: string, say: (message: string) => void, stopToken: string | undefined, work: () => T | Promise<T>): Promise<T>;
}

declare module '@jbrowse/core/util/io' {
  export function getFetcher(location: FileLocation, pluginManager?: PluginManager): typeof fetch;
  export function openLocation(location: FileLocation, pluginManager?: PluginManager): import('../../../types/index.d.ts').FilehandleLike;
}

declare module '@jbrowse/core/util/rxjs' {
  export interface Observer<T> {
    next(value: T): void;
    complete(): void;
  }
  export interface Observable<T> {
    subscribe(observer: Partial<Observer<T>>): void;
  }
  export function ObservableCreate<T>(work: (observer: Observer<T>) => Promise<void>): Observable<T>;
}

declare module '@jbrowse/core/util/tracks' {
  export function getFileName(location: FileLocation): string;
}
