// What config.json beside the page says: who hosts this page, and which archives it is for (docs/PAGE.md).

/** An archive that the page offers. Addresses are relative to the page. */
export interface ConfiguredArchive {
  name: string;
  url: string;
  /** The index beside the archive. */
  index?: string;
  text?: string;
}

export interface Config {
  title?: string;
  text?: string;
  archives: readonly ConfiguredArchive[];
  links: readonly { text: string; url: string }[];
}

/** What is wrong with a config.json, and where. */
export class ConfigError extends Error {}

export const NO_CONFIG: Config = { archives: [], links: [] };

/** The archive that opens by itself: the only one there is. */
export function onlyOf({ archives }: Config): ConfiguredArchive | undefined {
  return archives.length === 1 ? archives[0] : undefined;
}

/** Reads config.json; without one the page is for any archive. */
export async function loadConfig(): Promise<Config> {
  let response: Response;
  let text: string;
  try {
    response = await fetch('config.json', { cache: 'no-cache' });
    text = await response.text();
  } catch {
    return NO_CONFIG; // there is no network
  }
  if (response.status === 404) return NO_CONFIG;
  if (!response.ok) throw new ConfigError(`The server answers with HTTP ${response.status} where config.json should be.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`It is no JSON: ${(error as Error).message}.`);
  }
  return parseConfig(value);
}

/** Checks every key, so that a slip of the pen is not a page that lacks something. */
export function parseConfig(value: unknown): Config {
  const { title, text, archives, links } = keysOf(value, 'config.json', ['title', 'text', 'archives', 'links']);
  return {
    ...textAt(title, 'title'),
    ...textAt(text, 'text'),
    archives: listAt(archives, 'archives').map((archive, i) => {
      const at = `archives[${i}]`;
      const { name, url, index, text } = keysOf(archive, at, ['name', 'url', 'index', 'text']);
      return { name: need(name, `${at}.name`), url: addressAt(url, `${at}.url`), ...(index !== undefined && { index: addressAt(index, `${at}.index`) }), ...textAt(text, 'text', `${at}.`) };
    }),
    links: listAt(links, 'links').map((link, i) => {
      const { text, url } = keysOf(link, `links[${i}]`, ['text', 'url']);
      return { text: need(text, `links[${i}].text`), url: addressAt(url, `links[${i}].url`, /^(https?|mailto):$/) };
    }),
  };
}

function keysOf<Key extends string>(value: unknown, at: string, keys: readonly Key[]): Partial<Record<Key, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigError(`${at}: an object expected, ${kindOf(value)} found.`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key as Key));
  if (unknown !== undefined) throw new ConfigError(`${at}: no such key as "${unknown}"; there are ${keys.join(', ')}.`);
  return value;
}

function listAt(value: unknown, at: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ConfigError(`${at}: a list expected, ${kindOf(value)} found.`);
  return value;
}

/** A text that may be left out. */
function textAt<Key extends string>(value: unknown, key: Key, within = ''): Partial<Record<Key, string>> {
  return value === undefined ? {} : ({ [key]: need(value, `${within}${key}`) } as Record<Key, string>);
}

function need(value: unknown, at: string): string {
  if (typeof value !== 'string') throw new ConfigError(`${at}: a text expected, ${kindOf(value)} found.`);
  if (!value.trim()) throw new ConfigError(`${at}: a text expected, an empty one found.`);
  return value;
}

function addressAt(value: unknown, at: string, protocols = /^https?:$/): string {
  const address = need(value, at);
  // Where the page is does not matter: relative addresses have its protocol.
  const url = URL.canParse(address, 'https://page.example/') ? new URL(address, 'https://page.example/') : undefined;
  if (!url || !protocols.test(url.protocol)) throw new ConfigError(`${at}: "${address}" is no http or https address.`);
  return address;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
