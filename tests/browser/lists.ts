// What long lists must keep to.

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

/** Scrolls through a list of samples: there are never more than a screenful of elements. */
export async function staysSmall(page: Page, total: number): Promise<void> {
  for (const part of [0, 0.5, 1]) {
    await page.$eval('#samples-list', (list, at) => (list.scrollTop = list.scrollHeight * at), part);
    await page.waitForFunction(({ at, total }) => {
      const places = [...document.querySelectorAll('#samples-list .item')].map((item) => Number(item.getAttribute('aria-posinset')));
      return at === 1 ? places.includes(total) : at === 0 ? places.includes(1) : places.some((place) => Math.abs(place - total / 2) < total / 10);
    }, { at: part, total });
    const elements = await page.locator('#samples-list .item').count();
    assert.ok(elements < 60, `${elements} rows in the document`);
  }
}
