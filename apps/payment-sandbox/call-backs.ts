/** Tells the payer what became of a charge, until it is acknowledged. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../../libs/payment-process/callback-signature.js';
import type { CallBack } from '../../libs/payment-process/charge-document.js';
import type { Faults } from './faults.js';

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 10_000;
const TIMEOUT_MS = 15_000;
const IN_FLIGHT_MAX = 64;

interface Options {
  /** Absent: nobody is called back. */
  url: string | undefined;
  secret: string;
  faults: () => Faults;
  signal: AbortSignal;
}

export function callBacks({ url, secret, faults, signal }: Options): (call: CallBack) => void {
  let in_flight = 0;
  const waiting: (() => void)[] = [];

  async function deliver(id: string, body: string): Promise<void> {
    if (url === undefined) return;
    for (let pause_ms = PAUSE_MS_MIN; !signal.aborted; pause_ms = Math.min(2 * pause_ms, PAUSE_MS_MAX)) {
      if (in_flight >= IN_FLIGHT_MAX) await new Promise<void>((resume) => waiting.push(resume));
      in_flight += 1;
      const is_taken = await send(url, id, body).catch(() => false);
      in_flight -= 1;
      waiting.shift()?.();
      if (is_taken) return;
      await sleep(pause_ms, undefined, { signal }).catch(() => {});
    }
  }
  async function send(to: string, id: string, body: string): Promise<boolean> {
    const headers = { ...sign(secret, id, Math.floor(Date.now() / 1000), body), 'content-type': 'application/json' };
    const answer = await fetch(to, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  }

  return (call) => {
    const { silent, double, callback_delay_ms } = faults();
    if (silent) return;
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify(call);
    const begin = () => {
      for (let copies = double ? 2 : 1; copies > 0; copies -= 1) void deliver(id, body);
    };
    if (callback_delay_ms > 0) setTimeout(begin, callback_delay_ms);
    else begin();
  };
}
