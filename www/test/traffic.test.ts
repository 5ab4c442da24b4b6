// How the benchmark of remote reading counts rounds.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { roundsOf, trafficOf } from '../../tests/remote/traffic.ts';

const exchange = (start: number, end: number) => ({ path: '/x', start, end, bytes: 10 });

test('requests made together are one round, those that wait for others are more', () => {
  assert.equal(roundsOf([]), 0);
  assert.equal(roundsOf([exchange(0, 50), exchange(1, 60), exchange(2, 40)]), 1);
  assert.equal(roundsOf([exchange(60, 110), exchange(0, 50), exchange(1, 60)]), 2);
  // The second waited for the first alone, the third for the second, while a long one went on all the time.
  assert.equal(roundsOf([exchange(0, 150), exchange(0, 50), exchange(50, 100), exchange(100, 150)]), 3);
});

test('traffic is what all exchanges come to', () => {
  assert.deepEqual(trafficOf([exchange(0, 1), exchange(2, 3)]), { requests: 2, rounds: 2, bytes: 20 });
});
