import { expect, test } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

function opened(limits: { concurrency: number; waiting_per_key_max?: number; waiting_max?: number }) {
  const queue = new FairQueue({ waiting_per_key_max: 10, waiting_max: 10, ...limits }, (reason) => new Error(reason));
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (key: string, name: string) =>
    queue.run(key, () => {
      began.push(name);
      return new Promise<string>((end) => ends.set(name, () => end(name)));
    });
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise(setImmediate);
  };
  return { run, began, end };
}

test('one task per key at a time, and the keys in rotation', async () => {
  const { run, began, end } = opened({ concurrency: 2 });
  const tasks = ['a1', 'a2', 'a3', 'b1', 'c1'].map((name) => run(name[0]!, name));
  await new Promise(setImmediate);
  expect(began).toEqual(['a1', 'b1']);
  await end('a1');
  expect(began).toEqual(['a1', 'b1', 'a2']);
  await end('b1');
  expect(began).toEqual(['a1', 'b1', 'a2', 'c1']);
  await end('a2');
  await end('a3');
  await end('c1');
  expect(await Promise.all(tasks)).toEqual(['a1', 'a2', 'a3', 'b1', 'c1']);
});

test('a key with too many waiting tasks is rejected, and so is any key when too many wait altogether', async () => {
  const { run, end } = opened({ concurrency: 1, waiting_per_key_max: 1, waiting_max: 2 });
  const first = run('a', 'a1');
  const second = run('a', 'a2');
  await expect(run('a', 'a3')).rejects.toThrow('key');
  const other = run('b', 'b1');
  await expect(run('c', 'c1')).rejects.toThrow('all');
  for (const name of ['a1', 'a2', 'b1']) await end(name);
  expect(await Promise.all([first, second, other])).toEqual(['a1', 'a2', 'b1']);
});

test('a task that fails makes room', async () => {
  const { run, end } = opened({ concurrency: 1 });
  const queue = new FairQueue({ concurrency: 1, waiting_per_key_max: 1, waiting_max: 1 }, () => new Error('full'));
  await expect(queue.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await queue.run('a', () => Promise.resolve('next'))).toBe('next');
  const last = run('a', 'a1');
  await new Promise(setImmediate);
  await end('a1');
  expect(await last).toBe('a1');
});
