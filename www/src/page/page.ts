// The page: what is open, what is chosen, and the address that says so.

import type { AgcStats, Contig } from '../../types/index.d.ts';
import { AgcArchive } from '../archive.ts';
import { isAbort } from '../errors.ts';
import { ConfigError, loadConfig, NO_CONFIG, onlyOf, type Config } from './config.ts';
import { announce, byId, pause } from './dom.ts';
import { startDownloads } from './downloads/downloads.ts';
import { closeWhenSaved } from './downloads/lease.ts';
import { count, counted, percent, size } from './format.ts';
import { listenForPageKeys } from './keys.ts';
import { LateCollection } from './late-collection.ts';
import { archiveLink, contigKey, findContig, formatPlace, nameOf, parseArchive, parsePlace, sameArchive, webAddress, type ArchiveLink, type Place } from './link.ts';
import { listenForLaunches } from './offline/launch.ts';
import { startServiceWorker } from './offline/register.ts';
import { listenForArchives } from './opener.ts';
import { Panel } from './panel.ts';
import { forgetFile, rememberAddress, rememberFile, reopen, type FileHandle, type RecentFile } from './recent.ts';
import { SamplesPane } from './samples.ts';
import { copyOn } from './sequence/clipboard.ts';
import { SequencePane } from './sequence/pane.ts';
import { startTheme } from './theme.ts';
import { Welcome } from './welcome.ts';

/** What is open and chosen. */
interface State {
  /** Of an archive at an address. */
  link?: ArchiveLink;
  /** The number of a file of the user's. */
  file?: number;
  archive?: AgcArchive;
  samples: readonly string[];
  sample?: string;
  contigs: Contig[];
}

let state: State = { samples: [], contigs: [] };
let opening = new AbortController();
let choosing = new AbortController();

/** Files of this visit, so that back and forward find them; their numbers are in the history. */
const files: File[] = [];

const collection = new LateCollection({
  onGo: (place) => void goTo(place),
  onFailure: () => showNotice('A part of this page did not come', 'The picture of the collection cannot be shown. Load the page again.'),
});
const region = new SequencePane();
const { downloadSamples } = startDownloads(() => ({ ...state, name: nameOf(state.archive?.info.key ?? ''), contig: region.contig, window: region.view }));
const samplesPane = new SamplesPane({ onChoose: (sample) => void chooseSample(sample, { push: true }), onDownload: downloadSamples });
const restOf = ({ header, name }: Contig) => header.slice(name.length).trim();
const contigsPanel = new Panel<Contig>('contigs', {
  name: ({ name }) => name,
  more: restOf,
  signs: 2,
  numbers: { bases: ({ length }) => length },
  columns: [
    { id: 'name', title: 'Name' },
    { id: 'more', title: 'Description', shown: (contigs) => contigs.some(restOf) },
    { id: 'bases', title: 'Bases' },
  ],
  onChoose: (contig) => void chooseContig(contig, { push: true }),
});
const welcome = new Welcome({ onLink: (link) => void openLink(link, { push: true }), onFile: (file) => void openRecent(file) });
let config: Promise<Config>;

const TITLE = document.title;
/** As in panes.css: there is room for one pane. */
const NARROW = matchMedia('(max-width: 820px)');

start();

function start(): void {
  startTheme();
  region.onView = () => writeLink(false);
  region.onGo = (sample, contig, view) => void go(sample, contig, view);
  const openChosen = (file: File, handle?: FileHandle) => void openFile(file, handle);
  listenForArchives({ onAddress: (url) => void openLink({ url }, { push: true }), onFile: openChosen });
  listenForLaunches(openChosen);
  listenForPageKeys();
  byId('home').addEventListener('click', goHome);
  byId('opening-cancel').addEventListener('click', () => opening.abort());
  byId('notice-close').addEventListener('click', () => (byId('notice').hidden = true));
  copyOn('copy-link', () => location.href, 'Copy it from the address bar');
  for (const tab of document.querySelectorAll<HTMLElement>('[data-tab]')) {
    tab.addEventListener('click', () => showPane(tab.dataset.tab ?? 'samples'));
  }
  showPane('samples');
  NARROW.addEventListener('change', markTabs);
  addEventListener('popstate', () => void followLink());
  config = configure();
  void followLink();
  startServiceWorker();
}

/** Reads config.json; a page whose config.json is broken says so, and is a page for any archive. */
async function configure(): Promise<Config> {
  let config = NO_CONFIG;
  try {
    config = await loadConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    showNotice('The config.json of this page cannot be used', error.message);
  }
  welcome.configure(config);
  return config;
}

// Opening

async function openLink(link: ArchiveLink, { push }: { push: boolean }): Promise<void> {
  byId<HTMLInputElement>('url').value = link.url;
  if (push) history.pushState(null, '', archiveLink(link));
  const url = webAddress(link.url);
  const index = link.index === undefined ? undefined : webAddress(link.index);
  if (url === undefined || (link.index !== undefined && index === undefined)) {
    const wrong = url === undefined ? link.url : link.index;
    return showNotice('This address cannot be opened', `“${wrong}” is no http or https address. To read a file from this computer, choose it or drop it here.`);
  }
  const opened = await open(url, { link, ...(index !== undefined && { index }) });
  if (opened) rememberAddress({ name: nameOf(url), url, ...(index !== undefined && { index }) });
}

async function openFile(file: File, handle?: FileHandle): Promise<void> {
  const place = state.archive ? '' : location.hash; // a link into a file the user has, too
  const number = files.push(file) - 1;
  history.pushState({ file: number }, '', `${location.pathname}${place}`);
  byId<HTMLInputElement>('url').value = '';
  if ((await open(file, { file: number })) && handle) await rememberFile(handle);
}

async function openRecent({ name, handle, at }: RecentFile): Promise<void> {
  let file: File | undefined;
  try {
    file = await reopen(handle);
  } catch {
    showNotice('This file cannot be opened again', `${name} was moved, renamed or deleted since. Choose it where it is now.`);
    await forgetFile(at);
    return welcome.show();
  }
  if (file) await openFile(file, handle);
}

/** Opens an archive in place of the one before, and tells whether it could. */
async function open(from: string | File, { index, ...which }: Pick<State, 'link' | 'file'> & { index?: string }): Promise<boolean> {
  opening.abort();
  const { signal } = (opening = new AbortController());
  if (state.archive) closeWhenSaved(state.archive);
  state = { samples: [], contigs: [], ...which };
  region.clear();
  collection.clear();
  show('opening');
  byId('opening-text').textContent = `Opening ${typeof from === 'string' ? from : from.name}`;
  try {
    const options = { signal, onStats: (stats: AgcStats) => signal === opening.signal && showStats(stats) };
    const archive = await AgcArchive.open(from, index === undefined ? options : { ...options, index });
    state = { ...state, archive, samples: await samplesPane.read(archive, typeof from !== 'string', signal) };
  } catch (error) {
    if (signal.aborted && opening.signal !== signal) return false; // another one is being opened
    show('empty');
    if (!isAbort(error)) showNotice('The archive could not be opened', messageOf(error));
    return false;
  }
  showArchive();
  await followPlace();
  if (signal === opening.signal) void collection.open(state.archive!, state.samples, typeof from !== 'string');
  return true;
}

/** Closes the archive, and shows what else there is. */
function goHome(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState({ home: true }, '', location.pathname);
  close();
}

function close(): void {
  opening.abort();
  opening = new AbortController();
  if (state.archive) closeWhenSaved(state.archive);
  state = { samples: [], contigs: [] };
  byId<HTMLInputElement>('url').value = '';
  byId('stats').textContent = 'Nothing read yet';
  void config.then(({ title }) => (document.title = title ?? TITLE));
  region.clear();
  collection.clear();
  show('empty');
}

function showArchive(): void {
  const { archive, samples } = state;
  if (!archive) return;
  const { info } = archive;
  const name = nameOf(info.key);
  void config.then(({ title }) => (document.title = `${name}: ${title ?? 'ragc'}`));
  byId('archive-name').textContent = name;
  byId('archive-facts').textContent = [
    size(info.size),
    counted(info.sampleCount, 'sample'),
    `AGC ${info.version}`,
    // Archives of version 1 do not tell.
    ...(info.segmentSize > 0 ? [`segments of ${count(info.segmentSize)} bases`] : []),
    `k = ${info.k}`,
  ].join(' · ');
  contigsPanel.setItems([], 'Choose a sample.');
  byId<HTMLButtonElement>('download-sample').disabled = true;
  showPane('samples');
  showStats(archive.stats);
  show('open');
  announce(`${name} is open, ${counted(samples.length, 'sample')}`);
}

// Choosing

async function chooseSample(sample: string, { push }: { push: boolean }): Promise<boolean> {
  const { archive } = state;
  if (!archive) return false;
  choosing.abort();
  const { signal } = (choosing = new AbortController());
  state.sample = sample;
  state.contigs = [];
  samplesPane.choose(sample);
  contigsPanel.setItems([], 'Reading the contigs…');
  region.clear();
  byId<HTMLButtonElement>('download-sample').disabled = true;
  showPane('contigs');
  if (push) writeLink(true);
  try {
    const contigs = await archive.contigs(sample, { signal });
    await pause(); // of many, taking the answer and drawing it are work enough for two tasks
    signal.throwIfAborted();
    state.contigs = contigs;
  } catch (error) {
    if (isAbort(error)) return false;
    contigsPanel.setItems([], '');
    showNotice(`The contigs of ${sample} could not be read`, messageOf(error));
    return false;
  }
  contigsPanel.setItems(state.contigs, 'This sample has no contigs.');
  byId<HTMLButtonElement>('download-sample').disabled = false;
  announce(`${sample}: ${counted(state.contigs.length, 'contig')}`);
  return true;
}

async function chooseContig(contig: Contig, { push, place }: { push: boolean; place?: Place }): Promise<void> {
  if (!state.archive || state.sample === undefined) return;
  contigsPanel.choose(contig);
  showPane('sequence');
  // The new entry of the history is made before the window writes its place into it.
  if (push) history.pushState(history.state, '', location.href);
  const { archive, sample, samples, contigs } = state;
  await region.open({ archive, sample, samples, contigs, contig }, place);
}

/** To a region that the sequence pane leads to; a contig of another sample is given by its place there. */
async function go(sample: string, contig: Contig | number, view: Partial<Place>): Promise<void> {
  if (sample !== state.sample && !(await chooseSample(sample, { push: false }))) return;
  const wanted = typeof contig === 'number' ? state.contigs[contig] : contig;
  if (wanted) await chooseContig(wanted, { push: true, place: { ...view, sample } });
}

// Links

/**
 * Does what the address of the page says. An address that names no archive means the only one of config.json, if there is
 * just one; otherwise no archive is opened unasked.
 */
async function followLink(): Promise<void> {
  // Whatever is opened meanwhile is in the address then.
  if (!parseArchive(location.search) && !history.state) await config;
  const { home, file } = (history.state ?? {}) as { home?: boolean; file?: number };
  const link = parseArchive(location.search) ?? (home || file !== undefined ? undefined : onlyOf(await config));
  if (link ? sameArchive(link, state.link) : file !== undefined && file === state.file) {
    if (state.archive) await followPlace();
  } else if (link) await openLink(link, { push: false });
  else if (file !== undefined && files[file]) await open(files[file], { file });
  else if (state.archive) close();
}

async function followPlace(): Promise<void> {
  const place = parsePlace(location.hash);
  if (!place) {
    if (state.samples.length === 1 && state.sample === undefined) await chooseSample(state.samples[0]!, { push: false });
    return;
  }
  if (!state.samples.includes(place.sample)) {
    return showNotice('Not in this archive', `The link names the sample “${place.sample}”, which this archive does not have. Choose one from the list.`);
  }
  if (state.sample !== place.sample && !(await chooseSample(place.sample, { push: false }))) return;
  if (place.contig === undefined) {
    region.clear();
    contigsPanel.choose(undefined);
    return showPane('contigs');
  }
  const contig = findContig(state.contigs, place);
  if (contig) await chooseContig(contig, { push: false, place });
  else showNotice('Not in this sample', `The link names the contig “${place.contig}”, which ${place.sample} does not have. Choose one from the list.`);
}

/** Follows a link of the page's own. */
async function goTo(place: Place): Promise<void> {
  history.pushState(history.state, '', `${location.pathname}${location.search}#${formatPlace(place)}`);
  await followPlace();
}

/** Puts what is shown into the page's address, as a new entry of the history or in place of the last. */
function writeLink(push: boolean): void {
  const { sample, contigs } = state;
  if (sample === undefined) return;
  const contig = region.contig;
  const place: Place = contig ? { sample, ...contigKey(contigs, contig), ...region.view } : { sample };
  const link = `${location.pathname}${location.search}#${formatPlace(place)}`;
  if (push) history.pushState(history.state, '', link);
  else history.replaceState(history.state, '', link);
}

// Showing

function show(what: 'empty' | 'opening' | 'open'): void {
  document.body.dataset.state = what;
  byId('welcome').hidden = what !== 'empty';
  byId('opening').hidden = what !== 'opening';
  byId('workspace').hidden = what !== 'open';
  byId('about').hidden = what !== 'open';
  byId('notice').hidden = true;
  if (what === 'empty') void welcome.show();
}

/** Shows one pane where there is room for one only, and else the view that shares its place with another. */
function showPane(name: string): void {
  const { dataset } = byId('workspace');
  dataset.pane = name;
  if (name === 'collection' || name === 'sequence') dataset.view = name;
  markTabs();
}

function markTabs(): void {
  const { pane, view } = byId('workspace').dataset;
  for (const tab of document.querySelectorAll<HTMLElement>('[data-tab]')) {
    tab.setAttribute('aria-current', String(tab.dataset.tab === (NARROW.matches ? pane : view)));
  }
}

function showNotice(title: string, text: string): void {
  byId('notice-title').textContent = title;
  byId('notice-text').textContent = text;
  byId('notice').hidden = false;
}

function showStats(stats: AgcStats): void {
  const { requests, rounds, bytesFetched } = stats;
  const whole = state.archive?.info.size;
  const share = whole ? ` (${percent(bytesFetched, whole)} of ${size(whole)})` : '';
  const how = state.link === undefined ? 'from this computer' : `in ${counted(requests, 'request')}, ${counted(rounds, 'round')}`;
  const element = byId('stats');
  element.textContent = `${size(bytesFetched)}${share} read ${how}`;
  Object.assign(element.dataset, { requests, rounds, bytes: bytesFetched });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
