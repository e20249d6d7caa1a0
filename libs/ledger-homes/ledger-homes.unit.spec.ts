import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { type MemoryLog, memoryLog } from '../../test/support/memory-log.js';
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.js';
import type { Command } from '../ledger/commands.js';
import { openLedgerWriters } from '../ledger-writer/writers.js';
import { freePort } from '../process/free-port.js';
import { type LedgerHomes, type Outcome, openLedgerHomes } from './ledger-homes.js';
import { PEER_IDENTITY, PEER_TLS, peerKey } from './messages.js';
import { inHashOrder } from './rendezvous.js';

const SECRET = 'a secret that all instances share';

interface Instance {
  name: string;
  homes: LedgerHomes;
  /** Appends of its own. */
  appended(): number;
  lines: string[];
}

let log: MemoryLog;
let instances: Instance[] = [];
let proxies = new Map<string, TcpProxy>();
beforeEach(() => {
  log = memoryLog();
});
afterEach(async () => {
  log.before = () => undefined;
  await Promise.all(instances.map(({ homes }) => homes.close()));
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  instances = [];
  proxies = new Map();
});

/** Each behind a proxy of its name. */
async function startAll(...names: string[]): Promise<Instance[]> {
  const ports = new Map<string, number>();
  for (const name of names) {
    ports.set(name, await freePort());
    proxies.set(name, await startTcpProxy(ports.get(name)!));
  }
  const peers = [...proxies.values()].map(({ port }) => `127.0.0.1:${port}`);
  const started = names.map((name) => instanceOf(name, ports.get(name)!, peers));
  instances.push(...started);
  await Promise.all(started.map(({ homes }) => homes.start()));
  await Promise.all(started.map(({ homes }) => homes.join()));
  const home = homeOf(started).name;
  await until(() => started.every(({ homes }) => homes.stats().homes.every((each) => each.home === home)));
  return started;
}
function instanceOf(name: string, port: number, peers: string[], secret = SECRET): Instance {
  let appended = 0;
  const store: MemoryLog = {
    ...log,
    async append(...given) {
      const result = await log.append(...given);
      if (result.outcome === 'appended' && given[0] === 'ledger-main') appended += 1;
      return result;
    },
  };
  const lines: string[] = [];
  const is_home = (ledger_id: string) => homes.isHome(ledger_id);
  const writers = openLedgerWriters({ store, is_home, standby_ms: 50, settle_ms_max: 2000 });
  const homes: LedgerHomes = openLedgerHomes({
    name,
    writers,
    listen: { host: '127.0.0.1', port },
    peers,
    secret,
    ledgers: async () => ['main'],
    log: (line) => lines.push(line),
  });
  return { name, homes, appended: () => appended, lines };
}
function homeOf(of: readonly Instance[]): Instance {
  const [home] = inHashOrder(
    'main',
    of.map(({ name }) => name),
  );
  return of.find(({ name }) => name === home)!;
}
async function until(isTrue: () => boolean): Promise<void> {
  for (const began_ms = performance.now(); !isTrue(); ) {
    if (performance.now() - began_ms > 20_000) throw new Error('it never came');
    await sleep(5);
  }
}

let keys = 0;
const submission = (command: Command, key = `key-${keys++}`) => ({
  command,
  envelope: {
    actor: 'ann',
    role: 'manager' as const,
    now: new Date().toISOString(),
    idempotency_key: key,
    request_hash: 'h',
  },
});
const give = ({ homes }: Instance, command: Command, key?: string): Promise<Outcome> =>
  homes.of('main').submit(submission(command, key));
const sale = (quantity = 1): Command => ({
  type: 'record_sale',
  customer_id: 'CUST',
  line_items: [{ item_id: 'bottle', quantity, unit_price: '4' }],
});
const purchase = (quantity: number): Command => ({
  type: 'record_purchase',
  supplier_id: 'SUP',
  line_items: [{ item_id: 'bottle', quantity, unit_price: '1' }],
});
async function furnish(instance: Instance, pieces: number): Promise<void> {
  const opening = { ledger_id: 'main', currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000' };
  const commands: Command[] = [
    { type: 'open_ledger', ...opening },
    { type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } },
    { type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } },
    { type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Customer' } },
    purchase(pieces),
  ];
  for (const command of commands) expect(await give(instance, command)).toMatchObject({ outcome: 'recorded' });
}
/** Keys of all sales in the log, each as often as it stands there. */
function salesInLog(): string[] {
  return log
    .stream('ledger-main')
    .filter(({ type }) => type === 'SaleRecorded')
    .map(({ metadata }) => (metadata as { idempotency_key: string }).idempotency_key);
}

describe('the home of a ledger', () => {
  it('decides what is asked anywhere, and nobody else appends', async () => {
    const all = await startAll('one', 'two', 'three');
    const home = homeOf(all);
    await furnish(all[0]!, 40);
    const asked = Array.from({ length: 60 }, (_, n) => give(all[n % 3]!, sale(), `sale-${n}`));
    const outcomes = await Promise.all(asked);
    expect(outcomes.filter(({ outcome }) => outcome === 'recorded')).toHaveLength(40);
    const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
    expect(refused).toHaveLength(20);
    expect(refused[0]).toMatchObject({ refusal: { code: 'insufficient_stock' } });
    expect(salesInLog()).toHaveLength(40);
    for (const instance of all) expect(instance.appended() > 0).toBe(instance === home);
    const [guest] = all.filter((each) => each !== home);
    const again = await give(guest!, sale(), 'sale-0');
    expect(again).toEqual({ ...outcomes[0], replayed: true });
    expect(await guest!.homes.of('main').dryRun(submission(purchase(5)))).toMatchObject({ outcome: 'would_record' });
    const atomic = await guest!.homes.of('main').submitAll([submission(purchase(1)), submission(sale(50))]);
    expect(atomic).toMatchObject({ outcome: 'none', index: 1, refusal: { code: 'insufficient_stock' } });
    expect(await guest!.homes.of('main').submitAll([submission(purchase(1)), submission(sale())])).toMatchObject({
      outcome: 'all',
      outcomes: [{ outcome: 'recorded' }, { outcome: 'recorded' }],
    });
    expect(guest!.homes.stats().forwarded).toBeGreaterThan(20);
  });

  it('is lost in the middle of an append: each key is recorded once, and nothing is called refused that may be recorded', async () => {
    const all = await startAll('one', 'two', 'three');
    const home = homeOf(all);
    const guest = all.find((each) => each !== home)!;
    await furnish(guest, 1000);
    let appends = 0;
    log.before = async ({ kind }) => {
      if (kind !== 'append' || ++appends !== 2) return undefined;
      // The home is alone from here on, and its append arrives later.
      proxies.get(home.name)!.cut();
      await proxies.get(home.name)!.refuse();
      await sleep(100);
      return undefined;
    };
    const asked = Array.from({ length: 200 }, async (_, n) => {
      await sleep(n);
      return give(guest, n % 10 === 9 ? sale(5000) : sale(), `sale-${n}`);
    });
    const outcomes = await Promise.all(asked);
    await until(() => home.appended() > 0);
    await sleep(200);
    const in_log = salesInLog();
    expect(new Set(in_log).size).toBe(in_log.length);
    for (const [n, { outcome }] of outcomes.entries()) {
      if (outcome === 'recorded') expect(in_log).toContain(`sale-${n}`);
      if (outcome === 'refused') expect(in_log).not.toContain(`sale-${n}`);
    }
    expect(outcomes.filter(({ outcome }) => outcome === 'recorded').length).toBeGreaterThanOrEqual(180);
    await proxies.get(home.name)!.welcome();
    await until(() => !guest.homes.isHome('main') && home.homes.isHome('main'));
    expect(guest.homes.stats().hand_overs).toBeGreaterThanOrEqual(1);
  });

  it('is two while they cannot see each other: both record, once each, and one is home again', async () => {
    const all = await startAll('one', 'two');
    const home = homeOf(all);
    const guest = all.find((each) => each !== home)!;
    await furnish(guest, 1000);
    for (const proxy of proxies.values()) proxy.blackHole();
    await until(() => home.homes.isHome('main') && guest.homes.isHome('main'));
    const keysOf = (name: string) => Array.from({ length: 50 }, (_, n) => `${name}-${n}`);
    const sell = (instance: Instance) => Promise.all(keysOf(instance.name).map((key) => give(instance, sale(), key)));
    const outcomes = await Promise.all([sell(home), sell(guest)]);
    expect(outcomes.flat().filter(({ outcome }) => outcome !== 'recorded')).toEqual([]);
    expect(salesInLog().toSorted()).toEqual([...keysOf('one'), ...keysOf('two')].toSorted());
    expect(guest.appended()).toBeGreaterThan(0);
    for (const proxy of proxies.values()) proxy.pass();
    await until(() => !guest.homes.isHome('main'));
    const before = guest.appended();
    expect(await give(guest, sale())).toMatchObject({ outcome: 'recorded' });
    expect(guest.appended()).toBe(before);
  });

  it('leaves: what has arrived is answered, what comes later is decided elsewhere', async () => {
    const all = await startAll('one', 'two');
    const home = homeOf(all);
    const guest = all.find((each) => each !== home)!;
    await furnish(guest, 1000);
    const first = Array.from({ length: 20 }, () => give(guest, sale()));
    await sleep(0);
    home.homes.leave();
    await until(() => guest.homes.isHome('main'));
    const later = Array.from({ length: 20 }, () => give(home, sale()));
    const outcomes = await Promise.all([...first, ...later]);
    expect(outcomes.every(({ outcome }) => outcome === 'recorded')).toBe(true);
    expect(guest.appended()).toBeGreaterThan(0);
    expect(salesInLog()).toHaveLength(40);
  });

  it('has no other one of its name, and who does not know the secret stays outside', async () => {
    const [one] = await startAll('one', 'two');
    const port = await freePort();
    const peers = [`127.0.0.1:${proxies.get('one')!.port}`];
    const double = instanceOf('one', port, peers);
    const stranger = instanceOf('stranger', await freePort(), peers, 'another secret, which nobody else has');
    instances.push(double, stranger);
    for (const { homes } of [double, stranger]) await homes.start();
    expect(double.homes.isHome('main')).toBe(true);
    expect(double.lines.join()).toContain('another instance is named one, too: set INSTANCE_NAME');
    expect(stranger.homes.stats()).toMatchObject({ peers_known: 1, peers_alive: 0 });
    expect(one!.lines.join()).toContain('an instance was not let in');
  });

  it('closes the connection of one that sends what cannot be read', async () => {
    await startAll('one');
    const psk = peerKey(SECRET);
    const socket = connect({
      ...PEER_TLS,
      host: '127.0.0.1',
      port: proxies.get('one')!.port,
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ psk, identity: PEER_IDENTITY }),
    });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'secureConnect');
    socket.write('{"groups":\n');
    await once(socket, 'close');
  });

  it('ends reservations, and the others do not', async () => {
    const all = await startAll('one', 'two');
    const home = homeOf(all);
    await furnish(home, 10);
    await give(home, { type: 'reserve_stock', line_items: [{ item_id: 'bottle', quantity: 1 }], ttl_seconds: 1 });
    await until(() => log.stream('ledger-main').some(({ type }) => type === 'ReservationExpired'));
    for (const instance of all) expect(instance.appended() > 0).toBe(instance === home);
  });
});

test('a name that goes moves only the ledgers that were its, and each has its share', () => {
  const names = ['a:3100', 'b:3100', 'c:3100', 'd:3100'];
  const ledgers = Array.from({ length: 4000 }, (_, n) => `site-${n}`);
  const homes = ledgers.map((ledger) => inHashOrder(ledger, names)[0]!);
  for (const name of names) {
    const share = homes.filter((home) => home === name).length;
    expect(share).toBeGreaterThan(850);
    expect(share).toBeLessThan(1150);
  }
  const without = names.slice(1);
  for (const [n, ledger] of ledgers.entries())
    if (homes[n] !== names[0]) expect(inHashOrder(ledger, without)[0]).toBe(homes[n]);
  expect(inHashOrder('site-1', names.toReversed())).toEqual(inHashOrder('site-1', names));
});
