// The page: what is open, what is chosen, and the address that says so.

import type { AgcStats, Contig } from '../../types/index.d.ts';
import { AgcArchive } from '../archive.ts';
import { isAbort } from '../errors.ts';
import { CollectionPane } from './collection/collection.ts';
import { announce, byId } from './dom.ts';
import { startDownloads } from './downloads/downloads.ts';
import { closeWhenSaved } from './downloads/lease.ts';
import { count, counted, percent, size } from './format.ts';
import { contigKey, findContig, formatPlace, parsePlace, type Place } from './link.ts';
import { listenForLaunches } from './offline/launch.ts';
import { startServiceWorker } from './offline/register.ts';
import { listenForArchives } from './opener.ts';
import { Panel } from './panel.ts';
import { copyOn } from './sequence/clipboard.ts';
import { SequencePane } from './sequence/pane.ts';
import { startTheme } from './theme.ts';

/** What is open and chosen. */
interface State {
  /** As typed or linked; absent for a file of the user's. */
  address?: string;
  archive?: AgcArchive;
  samples: readonly string[];
  sample?: string;
  contigs: Contig[];
}

let state: State = { samples: [], contigs: [] };
let opening = new AbortController();
let choosing = new AbortController();

const collection = new CollectionPane();
const region = new SequencePane();
const samplesPanel = new Panel<string>('samples', {
  text: (name) => ({ label: name }),
  onChoose: (name) => void chooseSample(name, { push: true }),
});
const contigsPanel = new Panel<Contig>('contigs', {
  text: (contig) => ({ label: contig.header, aside: count(contig.length) }),
  onChoose: (contig) => void chooseContig(contig, { push: true }),
});

start();

function start(): void {
  startTheme();
  region.onView = () => writeLink(false);
  region.onGo = (sample, contig, view) => void go(sample, contig, view);
  collection.onGo = (place) => void goTo(place);
  listenForArchives({ onAddress: (text) => void openAddress(text, { push: true }), onFile: (file) => void openFile(file) });
  listenForLaunches((file) => void openFile(file));
  byId('opening-cancel').addEventListener('click', () => opening.abort());
  byId('notice-close').addEventListener('click', () => (byId('notice').hidden = true));
  const { downloadSamples } = startDownloads(() => ({ ...state, name: archiveName(), contig: region.contig, window: region.view }));
  byId('download-samples').addEventListener('click', () => downloadSamples(state.samples));
  copyOn('copy-link', () => location.href, 'Copy it from the address bar');
  for (const tab of document.querySelectorAll<HTMLElement>('[data-tab]')) {
    tab.addEventListener('click', () => showPane(tab.dataset.tab ?? 'samples'));
  }
  showPane('samples');
  addEventListener('popstate', () => void followLink());
  void followLink();
  startServiceWorker();
}

// Opening

async function openAddress(text: string, { push }: { push: boolean }): Promise<void> {
  byId<HTMLInputElement>('url').value = text;
  if (push) history.pushState(null, '', `?url=${encodeURIComponent(text)}`);
  const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    return showNotice('This address cannot be opened', `“${text}” is no http or https address. To read a file from this computer, choose it or drop it here.`);
  }
  await open(url.href, text);
}

async function openFile(file: File): Promise<void> {
  const place = state.archive ? '' : location.hash; // a link into a file the user has, too
  history.pushState(null, '', `${location.pathname}${place}`);
  byId<HTMLInputElement>('url').value = '';
  await open(file);
}

/** Opens an archive in place of the one before. */
async function open(from: string | File, address?: string): Promise<void> {
  opening.abort();
  const { signal } = (opening = new AbortController());
  if (state.archive) closeWhenSaved(state.archive);
  state = { samples: [], contigs: [], ...(address !== undefined && { address }) };
  region.clear();
  collection.clear();
  show('opening');
  byId('opening-text').textContent = `Opening ${typeof from === 'string' ? from : from.name}`;
  try {
    const archive = await AgcArchive.open(from, { signal, onStats: (stats) => signal === opening.signal && showStats(stats) });
    state = { ...state, archive, samples: await archive.samples() };
  } catch (error) {
    if (signal.aborted && opening.signal !== signal) return; // another one is being opened
    show('empty');
    if (!isAbort(error)) showNotice('The archive could not be opened', messageOf(error));
    return;
  }
  showArchive();
  await followPlace();
  if (signal === opening.signal) void collection.open(state.archive!, state.samples, address === undefined);
}

function showArchive(): void {
  const { archive, samples } = state;
  if (!archive) return;
  const { info } = archive;
  const name = archiveName();
  document.title = `${name}: ragc`;
  byId('archive-name').textContent = name;
  byId('archive-facts').textContent = [
    size(info.size),
    counted(info.sampleCount, 'sample'),
    `AGC ${info.version}`,
    // Archives of version 1 do not tell.
    ...(info.segmentSize > 0 ? [`segments of ${count(info.segmentSize)} bases`] : []),
    `k = ${info.k}`,
  ].join(' · ');
  samplesPanel.setItems(samples, 'This archive has no samples.');
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
  samplesPanel.choose(sample);
  contigsPanel.setItems([], 'Reading the contigs…');
  region.clear();
  byId<HTMLButtonElement>('download-sample').disabled = true;
  showPane('contigs');
  if (push) writeLink(true);
  try {
    state.contigs = await archive.contigs(sample, { signal });
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
  if (push) history.pushState(null, '', location.href);
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

/** Does what the address of the page says. */
async function followLink(): Promise<void> {
  const address = new URLSearchParams(location.search).get('url') ?? undefined;
  if (address !== undefined && address !== state.address) await openAddress(address, { push: false });
  else if (state.archive) await followPlace();
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
  history.pushState(null, '', `${location.pathname}${location.search}#${formatPlace(place)}`);
  await followPlace();
}

/** Puts what is shown into the page's address, as a new entry of the history or in place of the last. */
function writeLink(push: boolean): void {
  const { sample, contigs } = state;
  if (sample === undefined) return;
  const contig = region.contig;
  const place: Place = contig ? { sample, ...contigKey(contigs, contig), ...region.view } : { sample };
  const link = `${location.pathname}${location.search}#${formatPlace(place)}`;
  if (push) history.pushState(null, '', link);
  else history.replaceState(null, '', link);
}

// Showing

function show(what: 'empty' | 'opening' | 'open'): void {
  document.body.dataset.state = what;
  byId('welcome').hidden = what !== 'empty';
  byId('opening').hidden = what !== 'opening';
  byId('workspace').hidden = what !== 'open';
  byId('about').hidden = what !== 'open';
  byId('notice').hidden = true;
}

/** Shows one pane where there is room for one only, and else the view that shares its place with another. */
function showPane(name: string): void {
  const { dataset } = byId('workspace');
  dataset.pane = name;
  if (name === 'collection' || name === 'sequence') dataset.view = name;
  for (const tab of document.querySelectorAll<HTMLElement>('[data-tab]')) {
    tab.setAttribute('aria-current', String(tab.dataset.tab === name));
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
  const how = state.address === undefined ? 'from this computer' : `in ${counted(requests, 'request')}, ${counted(rounds, 'round')}`;
  const element = byId('stats');
  element.textContent = `${size(bytesFetched)}${share} read ${how}`;
  Object.assign(element.dataset, { requests, rounds, bytes: bytesFetched });
}

/** The last part of where it was opened from. */
function archiveName(): string {
  const { key = '' } = state.archive?.info ?? {};
  return decodeURIComponentSafe(key.split(/[?#]/)[0]?.split('/').pop() || key);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
