/** Loaded by `node --import`: the clock is ahead by the milliseconds in `clock-offset`; timers are not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOOK_MS = 100;
const { DATA_DIR } = process.env;

if (DATA_DIR !== undefined) {
  const file = join(DATA_DIR, 'clock-offset');
  let offset_ms = 0;
  const look = () => {
    try {
      offset_ms = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      offset_ms = 0;
    }
  };
  look();
  setInterval(look, LOOK_MS).unref();
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, made) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + offset_ms] : args, made),
    get: (target, name) => (name === 'now' ? () => RealDate.now() + offset_ms : Reflect.get(target, name)),
  });
}
