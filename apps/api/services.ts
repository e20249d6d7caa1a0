import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import type { Pool } from 'pg';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { migrateIdentity } from '../../libs/identity/migrations.js';
import { Sealing } from '../../libs/identity/sealing.js';
import { generatedPassword } from '../../libs/identity/set-password.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { type LedgerHomes, openLedgerHomes } from '../../libs/ledger-homes/ledger-homes.js';
import { openLedgerWriters } from '../../libs/ledger-writer/writers.js';
import { Draws } from '../../libs/waiting-queue/draw.js';
import { Passes } from '../../libs/waiting-queue/pass.js';
import { openDatabase } from '../../projections/database/database.js';
import { Audit } from './audit/audit.js';
import { AuditThread } from './audit/audit-thread.js';
import { Verifications } from './audit/verifications.js';
import { DeviceTokens } from './auth/device-tokens.js';
import { SingleSignOn } from './auth/oidc/single-sign-on.js';
import { Passkeys } from './auth/passkeys.js';
import { SecondFactors } from './auth/second-factors.js';
import { carrySecurityEvents } from './auth/security-events.js';
import { SecurityTrail } from './auth/security-trail.js';
import { SignIn } from './auth/sign-in.js';
import { Tokens } from './auth/tokens.js';
import { type NewAdmin, Users } from './auth/users.js';
import { BadSetting, type Config } from './config.js';
import { Addresses, networksIn } from './http/address.js';
import { AnsweredRequests } from './http/answered-requests.js';
import type { LimitStore } from './http/exact-limit.js';
import { Limits } from './http/limits.js';
import { Operators } from './http/operators.js';
import { InstanceCount } from './instance-count.js';
import { LiveStreams } from './live/live-streams.js';
import type { LogLine } from './log.js';
import { Metrics } from './metrics.js';
import { PostgresBreaker } from './postgres-breaker.js';
import { ReadModels } from './read-models.js';
import { watchReadiness } from './readiness.js';
import { withQueueCommands } from './waiting-queue/queue-commands.js';
import { QueueInlet } from './waiting-queue/queue-inlet.js';
import { WaitingQueues } from './waiting-queue/waiting-queues.js';
import { Poster } from './webhooks/post.js';
import { SenderThread } from './webhooks/sender-thread.js';
import { disabledWebhooks, Webhooks } from './webhooks/webhooks.js';

export type Services = ReturnType<typeof openServices>;
export type FirstAdmin = { username: string; password: string };

const REPORT_STATEMENT_MS_MAX = 30_000;

export function openServices(config: Config, log: LogLine) {
  const warn = (line: string) => log('warn', line);
  const store = connectEventStore({ url: config.eventstore_url, log: warn });
  const postgres = new PostgresBreaker(config.database_url, config.postgres_silent_ms, log);
  const around = (pool: Pool) => postgres.around(pool);
  const statement_timeout_ms = REPORT_STATEMENT_MS_MAX;
  const database = openDatabase(config.database_url, { statement_timeout_ms, around, log: warn });
  const models = new ReadModels(database);
  const writers = openLedgerWriters({
    store,
    snapshots_dir: config.snapshots_dir,
    is_known: (ledger_id) => models.knows(ledger_id),
    is_home: (ledger_id) => homes.isHome(ledger_id),
    onBatch: (commands, waited_ms) => metrics.observeBatch(commands, waited_ms),
    onAppend: (outcome, took_ms) => metrics.observeAppend(outcome, took_ms),
    log: (line) => log('info', line),
  });
  const homes: LedgerHomes = openLedgerHomes({
    name: config.instance_name,
    writers,
    listen: config.peer_listen,
    peers: config.peers,
    secret: config.jwt_secret,
    ledgers: async () => (await models.ledgers()).map(({ ledger_id }) => ledger_id),
    log: (line) => log('info', line),
  });
  const identity = openIdentity(config.database_url, warn, around);
  const tokens = new Tokens(config.jwt_secret, identity, config.sessions);
  const passkeys = new Passkeys(identity, config.public_url);
  const users = new Users(identity, (username) => tokens.forget(username));
  const notes = new SecurityTrail(identity);
  const single_sign_on =
    config.oidc &&
    new SingleSignOn(config.oidc, {
      db: identity,
      secret: config.jwt_secret,
      limits: config.sessions,
      origins: config.cors_origins,
      changed: (username) => tokens.forget(username),
      log,
    });
  const readiness = watchReadiness(homes, models, { postgres });
  const metrics: Metrics = new Metrics(models, homes, {
    postgres,
    identity_provider: single_sign_on?.issuer,
  });
  const { eventstore_url, database_url, snapshots_dir, audit_key, audit_key_file, audit_round_s } = config;
  const settings = { eventstore_url, database_url, snapshots_dir, audit_key, audit_key_file, audit_round_s };
  const threadOf = (worker: string) => new URL(worker, import.meta.url);
  const thread = new AuditThread(threadOf('./audit/audit-worker.js'), settings, metrics.audit, log);
  const closing = new AbortController();
  const background: Promise<void>[] = [];

  const addresses = new Addresses(config.trusted_proxies);
  const instances = new InstanceCount(identity, () => {
    const { peers_known, peers_alive } = homes.stats();
    return peers_known > 0 ? 1 + peers_alive : undefined;
  });
  const store_of_limits: LimitStore = {
    query: ({ text, values }) => identity.executeQuery(CompiledQuery.raw(text, values)),
  };
  const limits = new Limits({
    table: config.limits,
    store: store_of_limits,
    addresses,
    notes,
    instances: () => instances.count,
  });

  const streams = new LiveStreams(
    { positions: () => models.positions(), tokens, log },
    { per_user_max: config.streams_per_user },
  );
  metrics.showStreams(streams);
  const sender = new SenderThread(
    threadOf('./webhooks/sender-worker.js'),
    { database_url, key: config.mfa_key, networks: config.webhook_networks },
    identity,
    metrics.webhooks,
    log,
  );
  const poster = new Poster({ allowed: networksIn(config.webhook_networks)! });
  const requests = new AnsweredRequests(identity, new Sealing(config.mfa_key, 'answers'));
  const webhooks = new Webhooks(identity, requests, models, new Sealing(config.mfa_key, 'webhooks'), poster, () =>
    sender.wake(),
  );
  const draws = new Draws(config.mfa_key);
  const passes = new Passes(config.mfa_key);
  const queues = new WaitingQueues({ db: identity, models, draws, passes, log });
  metrics.showQueues(queues);
  metrics.showDisabledWebhooks(() => disabledWebhooks(identity));
  const inlet = new QueueInlet({ db: identity, models, draws, log });
  /** One process of a pool is enough. */
  const is_first = config.pool_process === undefined || config.pool_process === 'http-1';

  return {
    addresses,
    limits,
    streams,
    requests,
    webhooks,
    queues,
    operators: new Operators(addresses, config.metrics_token),
    homes: withQueueCommands(metrics.counting(homes), draws, passes),
    models,
    tokens,
    notes,
    users,
    single_sign_on,
    sign_in: new SignIn(identity, config.sessions, config.mfa_required_for),
    passkeys,
    factors: new SecondFactors({
      db: identity,
      seeds: new Sealing(config.mfa_key, 'seeds of second factors'),
      passkeys,
      limits: config.sessions,
      demanded_of: config.mfa_required_for,
      log,
      changed: (username) => tokens.forget(username),
    }),
    devices: new DeviceTokens(config.jwt_secret),
    readiness,
    metrics,
    audit: new Audit(store, homes, thread, new Verifications(identity, thread, log)),
    /** @returns the first admin, where it made one */
    async prepare(): Promise<FirstAdmin | undefined> {
      const untilItWorks = <T>(what: string, attempt: () => Promise<T>) => retry(what, attempt, log, closing.signal);
      background.push(postgres.keepProbing(closing.signal));
      await untilItWorks('The tables of users', () => migrateIdentity(identity));
      background.push(
        tokens.keepFresh(log, closing.signal),
        instances.keepCounting(closing.signal),
        ...(is_first ? [sender.keepLooking(closing.signal), inlet.run(closing.signal)] : []),
        carrySecurityEvents(identity, store, log, closing.signal, () => notes.noteRefusals()),
      );
      await homes.start();
      await untilItWorks('Opening the ledger main', () => openMain(config, homes, log));
      const first_admin = await untilItWorks('Making the first admin', () =>
        users.createFirstAdmin(() => firstAdmin(config)),
      );
      readiness.prepared = true;
      thread.start();
      await untilItWorks('Becoming ready', async () => {
        const missing = await readiness.missing();
        if (missing.length > 0) throw new Error(`${missing.join(' and ')} missing`);
      });
      // A writer records that reservations expire, so it must run before any request.
      await untilItWorks('Opening the other ledgers', () => homes.join());
      return first_admin;
    },
    /** Call after the last request. Writes what was decided and saves snapshots. */
    async close(): Promise<void> {
      closing.abort(new Error('the API stops'));
      await homes.close();
      await Promise.all([...background, thread.close(), sender.close()]);
      poster.close();
      await notes.noteRefusals(true).catch(() => {});
      await Promise.all([database.destroy(), identity.destroy(), store.close()]);
    },
  };
}

/** The parent process prints what is generated; without a parent it would be lost. */
function firstAdmin({ admin_username, admin_password }: Config): NewAdmin {
  if (!process.connected && (admin_username === undefined || admin_password === undefined))
    throw new BadSetting(
      'There is no user yet: set ADMIN_USERNAME and ADMIN_PASSWORD to the name and password that the first admin shall have.',
    );
  return {
    username: admin_username ?? generatedName(),
    password: admin_password ?? generatedPassword(),
    is_chosen: admin_password !== undefined,
  };
}

/** No name that a guesser would try. */
function generatedName(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  return `admin-${Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')}`;
}

/** A halted ledger does not stop the start: the other ledgers, and the operator, need the API. */
async function openMain({ main_ledger }: Config, homes: Pick<LedgerHomes, 'of'>, log: LogLine): Promise<void> {
  const outcome = await homes.of('main').submit({
    command: { type: 'open_ledger', ledger_id: 'main', ...main_ledger },
    envelope: { actor: 'system', role: 'admin', now: new Date().toISOString(), idempotency_key: 'server:open-main' },
  });
  if (outcome.outcome === 'recorded') return;
  if (outcome.outcome === 'halted') return log('error', 'The ledger main is halted', { reason: outcome.reason });
  if (outcome.outcome !== 'refused') throw new Error('reason' in outcome ? outcome.reason : outcome.outcome);
  if (outcome.refusal.code !== 'ledger_exists')
    throw new Error(`${outcome.refusal.code} ${JSON.stringify(outcome.refusal.details)}`);
}

const PAUSE_MS = 250;
const SAY_EVERY = 20;

async function retry<T>(what: string, attempt: () => Promise<T>, log: LogLine, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BadSetting) throw error;
      if (failures % SAY_EVERY === 0) log('warn', `${what} has to wait`, { error: `${error}` });
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
