/** Starts all as children of this process. A service that has a URL in the environment is used instead. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Child, StartRefused, startChild } from '../../libs/process/child.js';
import { type DataFolder, movedAway, openDataFolder } from '../../libs/process/data-folder.js';
import { type Postgres, startPostgres } from '../../libs/process/embedded-postgres.js';
import { freePort, freePortPair } from '../../libs/process/free-port.js';
import { fail, onStop, type Ready } from '../../libs/process/lifecycle.js';
import {
  apiProgram,
  eventStoreProgram,
  type Links,
  type Place,
  paymentSandboxProgram,
  paymentsProgram,
  projectorProgram,
} from '../../libs/process/programs.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { waitForServices } from '../../libs/process/services.js';
import { haltedLedgers } from './halted.js';
import { keepRunning, type Service } from './service.js';
import { checkPort, readSettings, type Settings } from './settings.js';

const STOP_MS_MAX = 90_000;

const services: Service<unknown>[] = [];
let folder: DataFolder | undefined;
let ending: Promise<void> | undefined;
const stopping = new AbortController();

/** Also those still being started. The lock goes last: the next start may begin when nothing of this one is left. */
function stopAll(): Promise<void> {
  stopping.abort();
  ending ??= (async () => {
    for (let service = services.pop(); service !== undefined; service = services.pop()) await service.stop();
    folder?.close();
  })();
  return ending;
}

async function giveUp(sentence: string): Promise<void> {
  if (ending) return;
  await stopAll();
  await fail(sentence);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  readSecretFiles(process.env);
  const settings = readSettings(process.env);
  folder = await openDataFolder(settings.data_dir);
  const moved = movedAway(settings.data_dir);
  if (moved !== undefined && !(settings.eventstore_url && settings.database_url)) throw new StartRefused(moved);
  await checkPort(settings);
  const jwt_secret = settings.jwt_secret ?? folder.jwtSecret();
  say('Starting …');
  const { eventstore_url: named_store, database_url: named_database } = settings;
  await waitForServices({ eventstore_url: named_store, database_url: named_database }, say, stopping.signal);

  const place = { dist: new URL('../../', import.meta.url), log_dir: folder.log_dir };
  const [database_url, eventstore_url] = await Promise.all([
    settings.database_url ?? startDatabase(folder),
    settings.eventstore_url ?? startEventStore(place, folder),
  ]);
  const links = { eventstore_url, database_url };
  folder.keepLinks(links);
  const projector = start('The projector', folder, () => startChild(projectorProgram(place, links)));
  // The payments give their commands to the process that decides; a pool of processes takes two ports.
  const peer_port = await freePortPair();
  const api = startApi(place, folder, { ...settings, jwt_secret }, links, `127.0.0.1:${peer_port}`);
  const peers = settings.processes === 1 ? [peer_port] : [peer_port, peer_port + 1];
  const payments = await startPayments(place, folder, { ...settings, jwt_secret }, links, peers);
  await projector.ready;
  const ready = await api.ready;
  await payments?.ready;
  greet(settings, ready);
  for (const sentence of await haltedLedgers(ready.url ?? '', stopping.signal)) say(`\n${sentence}`);
}

function start(name: string, folder: DataFolder, fork: () => Child): Service<Ready> {
  return run(name, folder, (adopt) => {
    const child = fork();
    adopt(child);
    return child.ready;
  });
}

function run<Answer>(
  name: string,
  folder: DataFolder,
  launch: (adopt: (child: Child) => void) => Promise<Answer>,
): Service<Answer> {
  const service = keepRunning<Answer>({
    name,
    log: say,
    log_dir: folder.log_dir,
    giveUp: (sentence) => void giveUp(sentence),
    launch: (adopt) =>
      launch((child) => {
        adopt(child);
        folder.note(child);
      }),
  });
  services.push(service);
  return service;
}

async function startEventStore(place: Place, folder: DataFolder): Promise<string> {
  let port = 0; // Any free one at first, then the same again, since the other programs know the address.
  const fork = () => startChild(eventStoreProgram(place, port, folder.eventstore_dir));
  const { url } = await start('The event store', folder, fork).ready;
  port = Number(new URL(url ?? '').port);
  return url ?? '';
}

async function startDatabase(folder: DataFolder): Promise<string> {
  let port_fixed = false;
  const log_file = join(folder.log_dir, 'postgres.log');
  const { url } = await run<Postgres>('Postgres', folder, async (adopt) => {
    const place = await folder.postgresPlace();
    const postgres = await startPostgres({ ...place, port_fixed, log_file }, adopt);
    folder.keepPostgresPlace({ ...place, port: postgres.port });
    if (!port_fixed && !place.home.startsWith(join(folder.dir, '/')))
      say(`The database is in ${place.home}: the user postgres, who runs it, cannot enter ${folder.dir}.`);
    port_fixed = true;
    return postgres;
  }).ready;
  return url;
}

/** Undefined where orders are not charged. */
async function startPayments(
  place: Place,
  folder: DataFolder,
  { gateway, payments_listen, jwt_secret }: Settings & { jwt_secret: string },
  links: Links,
  peer_ports: readonly number[],
): Promise<Service<Ready> | undefined> {
  if (gateway === 'none') return undefined;
  const listen = payments_listen ?? `127.0.0.1:${await freePort()}`;
  const { url, ...secrets } = gateway ?? (await startSandbox(place, folder, `http://${listen}/callbacks`));
  const peers = peer_ports.map((port) => `127.0.0.1:${port}`);
  const settings = { ...links, ...secrets, jwt_secret, peers, listen, gateway_url: url };
  return start('The payments', folder, () => startChild(paymentsProgram(place, settings)));
}

async function startSandbox(place: Place, folder: DataFolder, callback_url: string) {
  const secrets = { gateway_key: randomBytes(24).toString('hex'), callback_secret: randomBytes(24).toString('hex') };
  const listen = `127.0.0.1:${await freePort()}`;
  const settings = { ...secrets, listen, callback_url, file: join(folder.dir, 'payment-sandbox.ndjson') };
  await start('The payment sandbox', folder, () => startChild(paymentSandboxProgram(place, settings))).ready;
  return { ...secrets, url: `http://${listen}` };
}

function startApi(
  place: Place,
  folder: DataFolder,
  settings: Settings,
  links: Links,
  peer_listen: string,
): Service<Ready> {
  let { port } = settings;
  return run('The API', folder, async (adopt) => {
    const child = startChild(apiProgram(place, { ...settings, ...links, port, data_dir: folder.api_dir, peer_listen }));
    adopt(child);
    const ready = await child.ready;
    port = Number(new URL(ready.url ?? '').port || port);
    return ready;
  });
}

function greet(
  { processes, mfa_required_for, admin_username, admin_password, data_dir, gateway }: Settings,
  { url, first_admin }: Ready,
): void {
  say(`\nfactory-ledger runs.\n
  address   ${url}
  docs      ${url}/docs
  processes ${processes === 1 ? 'one' : `${processes} that serve, one that decides`} (API_PROCESSES)
  data      ${data_dir}
  payments  ${gateway === undefined ? 'by a sandbox: no money moves' : gateway === 'none' ? 'none' : `by ${gateway.url}`} (PAYMENT_GATEWAY_URL)
  passwords ${mfa_required_for === '' ? 'are enough, for every role' : `alone are not enough for ${mfa_required_for?.replaceAll(',', ', ') ?? 'admin, manager, auditor'}`} (MFA_REQUIRED_FOR)`);
  const chosen = admin_password !== undefined;
  if (first_admin)
    say(`\nThe first admin, shown this once:\n
  username  ${first_admin.username}
  password  ${chosen ? 'the one in ADMIN_PASSWORD' : `${first_admin.password}   (good for 24 hours: change it at the first sign-in)`}`);
  const username = first_admin?.username ?? admin_username ?? '…';
  const password = first_admin && !chosen ? first_admin.password : '…';
  say(`\nNext, sign in for a token:\n
  curl -s ${url}/api/v1/auth/login -H 'content-type: application/json' \\
    -d '{"username":"${username}","password":"${password}"}'\n
${
  first_admin && !chosen
    ? `The token is good for one thing, to change the password; then sign in again:\n
  curl -s ${url}/api/v1/auth/password -H 'content-type: application/json' -H 'authorization: Bearer …' \\
    -d '{"current_password":"${first_admin.password}","new_password":"…"}'\n
`
    : ''
}Ctrl-C stops everything.`);
}

onStop(async () => {
  say('Stopping …');
  await stopAll();
}, STOP_MS_MAX);
main().catch((error: unknown) => giveUp(error instanceof StartRefused ? error.message : `The start failed: ${error}`));
