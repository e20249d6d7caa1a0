import { beforeEach, expect, test } from '@jest/globals';
import { QueueFeed } from './queue-feed.js';

let queues: { flash_sale_id: string; serving: number }[];
let feed: QueueFeed;
beforeEach(() => {
  queues = [
    { flash_sale_id: 'FS-1', serving: 0 },
    { flash_sale_id: 'FS-2', serving: 0 },
  ];
  feed = new QueueFeed('main', async () => structuredClone(queues));
});

test('one who follows is told how far it is, then each change, and nothing of other queues', async () => {
  await feed.advance();
  const follower = feed.follow('FS-1');
  expect(`${follower.next()}`).toBe('event: queue\ndata: {"flash_sale_id":"FS-1","serving":0}\n\n');
  expect(follower.next()).toBeUndefined();
  queues[1]!.serving = 5;
  await feed.advance();
  expect(follower.next()).toBeUndefined();
  queues[0]!.serving = 7;
  await feed.advance();
  expect(`${follower.next()}`).toContain('"serving":7');
});

test('all who follow are sent the same bytes, whoever was slower what is true by now', async () => {
  await feed.advance();
  const [quick, slow] = [feed.follow('FS-1'), feed.follow('FS-1')];
  expect(quick.next()).toBe(slow.next());
  for (const serving of [1, 2, 3]) {
    queues[0]!.serving = serving;
    await feed.advance();
    expect(`${quick.next()}`).toContain(`"serving":${serving}`);
  }
  expect(`${slow.next()}`).toContain('"serving":3');
  expect(slow.next()).toBeUndefined();
});

test('a queue that nobody has joined is silent, and so is one that is long over', async () => {
  await feed.advance();
  const follower = feed.follow('FS-3');
  expect(follower.next()).toBeUndefined();
  queues.push({ flash_sale_id: 'FS-3', serving: 0 });
  await feed.advance();
  expect(follower.next()).toBeDefined();
  queues = [];
  await feed.advance();
  expect(follower.next()).toBeUndefined();
});
