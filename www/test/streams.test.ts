// The service worker's side of a download: asked for once, chunk by chunk as they are read, and awake meanwhile.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { answerWithStream, expectStream, stayAwake, type FromStream, type IntoStream } from '../src/page/offline/streams.ts';

/** A stream that is expected at `url`, and the page's end of its port. */
function expected(url: string, bytes?: number) {
  const { port1, port2 } = new MessageChannel();
  expectStream(url, { fileName: 'HG002#1 é.fa', ...(bytes !== undefined && { bytes }) }, port2);
  const heard: FromStream[] = [];
  let next = () => {};
  port1.onmessage = ({ data }: MessageEvent<FromStream>) => {
    heard.push(data);
    next();
  };
  return {
    heard,
    send: (message: IntoStream) => port1.postMessage(message),
    message: () => new Promise<void>((resolve) => (next = resolve)),
    close: () => port1.close(),
  };
}

test('a chunk is asked for when the one before is read', async () => {
  const { heard, send, message, close } = expected('https://x/download/1', 6);
  const response = answerWithStream('https://x/download/1')!;
  assert.equal(response.headers.get('content-length'), '6');
  assert.equal(response.headers.get('content-disposition'), "attachment; filename*=UTF-8''HG002%231%20%C3%A9.fa");
  const reader = response.body!.getReader();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(heard, [], 'nothing is asked for that nobody reads');
  for (const text of ['abc', 'def']) {
    const [asked, read] = [message(), reader.read()];
    await asked;
    send({ chunk: new TextEncoder().encode(text) });
    assert.equal(new TextDecoder().decode((await read).value), text);
  }
  const last = [message(), reader.read()] as const;
  await last[0];
  send({ end: true });
  assert.equal((await last[1]).done, true);
  assert.deepEqual(heard, ['more', 'more', 'more']);
  close();
});

test('there is one answer for an address, and none for others', () => {
  const { close } = expected('https://x/download/2');
  assert.equal(answerWithStream('https://x/download/other'), undefined);
  assert.equal(answerWithStream('https://x/download/2')!.headers.get('content-length'), null, 'it is not known');
  assert.equal(answerWithStream('https://x/download/2'), undefined);
  close();
});

test('a download that the page stops is an error to the browser, and one that the browser stops is told to the page', async () => {
  const stopped = expected('https://x/download/3');
  const read = answerWithStream('https://x/download/3')!.text();
  await stopped.message();
  stopped.send({ fail: true });
  await assert.rejects(read, /The page stopped the download/);
  stopped.close();

  const cancelled = expected('https://x/download/4');
  const { body } = answerWithStream('https://x/download/4')!;
  const told = cancelled.message();
  await body!.cancel();
  await told;
  assert.deepEqual(cancelled.heard, ['cancelled']);
  cancelled.close();
});

test('the service worker is kept awake until the download ends', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { heard, send, message, close } = expected('https://x/download/5');
  const read = answerWithStream('https://x/download/5')!.text();
  await message();
  for (let pauses = 1; pauses <= 3; pauses++) {
    const [held, told] = [stayAwake('https://x/download/5'), message()];
    mock.timers.tick(25_000); // browsers wait 30 seconds
    await Promise.all([held, told]);
    assert.equal(heard.filter((word) => word === 'awake').length, pauses);
  }
  send({ end: true });
  await read;
  const held = stayAwake('https://x/download/5');
  mock.timers.tick(25_000);
  await held;
  mock.timers.reset();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(heard.filter((word) => word === 'awake').length, 3, 'and no longer');
  close();
});
