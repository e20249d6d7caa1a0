import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { jest } from '@jest/globals';
import { AtOnce } from './at-once.js';

const LIMITS = { max: 16, busy: 0.5, min: 2 };
const BUSY = 0.9;
const FREE = 0.1;

/** Names of those that began and were refused; `close` ends one, as an answer or its client does. */
function worked(at_once: AtOnce) {
  const begun: string[] = [];
  const refused: string[] = [];
  const open = new Map<string, EventEmitter>();
  return {
    ...{ begun, refused },
    ask(...names: string[]) {
      for (const name of names) {
        const response = new EventEmitter();
        open.set(name, response);
        at_once.run(
          response as ServerResponse,
          () => begun.push(name),
          () => refused.push(name),
        );
      }
    },
    close: (name: string) => open.get(name)!.emit('close'),
  };
}
const named = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);
afterEach(() => jest.restoreAllMocks());

it('runs all that have a place while the thread is free, the others as places become free, in their order', () => {
  const { ask, begun, close } = worked(new AtOnce(LIMITS));
  ask(...named(18));
  expect(begun).toEqual(named(16));
  close('3');
  expect(begun).toEqual(named(17));
  close('17');
  close('4');
  ask('next');
  expect(begun).toEqual([...named(17), 'next']);
});

it('halves how many run at once while the thread is busy, keeps the least, and grows again after', () => {
  const at_once = new AtOnce(LIMITS);
  const { ask, begun, close } = worked(at_once);
  const runs = () => {
    const before = begun.length;
    const names = named(30).map((n) => `${before} ${n}`);
    ask(...names);
    const running = begun.slice(before);
    // From behind, so that none begins in the place of another.
    for (const name of names.toReversed()) close(name);
    return running.length;
  };
  ask(...named(16));
  at_once.look(BUSY);
  for (const name of named(16)) close(name);
  const seen = [runs()];
  for (const busy of [BUSY, FREE, FREE, FREE]) {
    at_once.look(busy);
    seen.push(runs());
  }
  for (let n = 0; n < 20; n += 1) at_once.look(FREE);
  seen.push(runs());
  expect(seen).toEqual([8, 2, 3, 4, 5, 16]);
});

it('refuses what has waited for five seconds, and neither begins nor refuses for a client that has gone', () => {
  let now_ms = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now_ms);
  const at_once = new AtOnce({ ...LIMITS, max: 1, min: 1 });
  const { ask, begun, refused, close } = worked(at_once);
  ask('long', 'gone', 'early');
  close('gone');
  now_ms = 2500;
  ask('late');
  now_ms = 5000;
  at_once.look(BUSY);
  expect([begun, refused]).toEqual([['long'], ['early']]);
  close('long');
  now_ms = 15_000;
  at_once.look(BUSY);
  expect([begun, refused]).toEqual([['long', 'late'], ['early']]);
});
