// Draws the icons of the installed page from icon.svg: `node scripts/icons.mjs`, after a change of that. Needs Chromium.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { www } from './bundle.mjs';

/** Systems cut maskable icons to their own shapes, but for a circle of four fifths of the width. */
const MASKABLE_SCALE = 0.66;
const svg = readFileSync(join(www, 'icon.svg'), 'utf8');
const [, paper] = /<rect [^>]*fill="(#[0-9a-f]+)"/.exec(svg);
const folder = join(www, 'icons');
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
await draw('icon-192.png', 192, 1);
await draw('icon-512.png', 512, 1);
await draw('maskable-512.png', 512, MASKABLE_SCALE);
// iOS rounds the corners itself.
await draw('touch-180.png', 180, 0.86);
await browser.close();

async function draw(name, size, scale) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const inner = size * scale;
  const background = scale < 1 ? paper : 'transparent';
  await page.setContent(`<style>body{margin:0;height:100vh;display:grid;place-items:center;background:${background}}svg{width:${inner}px;height:${inner}px}</style>${svg}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
  await page.close();
}
