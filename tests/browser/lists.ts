// How tests work the lists of the page, and what long ones must keep to.

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

/** Chooses a sample or contig by its whole name or header, through the filter box, since only rows on the screen exist. */
export async function choose(page: Page, list: 'samples' | 'contigs', name: string): Promise<void> {
  const filter = page.locator(`#${list}-filter`);
  await page.waitForSelector(`#${list}-list .item`);
  if (await filter.isVisible()) await filter.fill(name);
  await page.locator(`#${list}-list .item:not(.group)[title=${JSON.stringify(name)}]`).first().click();
}

/** Scrolls through a list of samples: there are never more than a screenful of elements. */
export async function staysSmall(page: Page, total: number): Promise<void> {
  for (const part of [0, 0.5, 1]) {
    await page.$eval('#samples-list', (list, at) => (list.scrollTop = list.scrollHeight * at), part);
    await page.waitForFunction(({ at, total }) => {
      // The head is row 1.
      const places = [...document.querySelectorAll('#samples-list .item')].map((item) => Number(item.getAttribute('aria-rowindex')) - 1);
      return at === 1 ? places.includes(total) : at === 0 ? places.includes(1) : places.some((place) => Math.abs(place - total / 2) < total / 10);
    }, { at: part, total });
    const elements = await page.locator('#samples-list .item').count();
    assert.ok(elements < 60, `${elements} rows in the document`);
  }
}
