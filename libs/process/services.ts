import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Trouble, troubleWithEventStore } from '../event-store/diagnose.js';
import { StartRefused } from './child.js';
import type { Links } from './programs.js';

const ANSWER_MS_MAX = 2_500;
const PAUSE_MS = 1_000;

/** Waits for what may still come, `say`ing so. @throws StartRefused where waiting cannot help, the signal's reason */
export async function waitForServices(links: Partial<Links>, say: (line: string) => void, signal?: AbortSignal) {
  const { eventstore_url, database_url } = links;
  const said = new Set<string>();
  for (;;) {
    signal?.throwIfAborted();
    const found = await Promise.all([
      eventstore_url === undefined ? undefined : troubleWithEventStore(eventstore_url),
      database_url === undefined ? undefined : troubleWithPostgres(database_url),
    ]);
    const troubles = found.filter((trouble) => trouble !== undefined);
    const hopeless = troubles.find(({ passes }) => !passes);
    if (hopeless !== undefined) throw new StartRefused(hopeless.sentence);
    if (troubles.length === 0) return;
    for (const { sentence } of troubles) {
      if (!said.has(sentence)) say(`Waiting: ${sentence}`);
      said.add(sentence);
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

export async function troubleWithPostgres(url: string): Promise<Trouble | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
  });
  client.on('error', () => {});
  const { host, port, database, user } = client;
  const at = `${host}:${port}`;
  try {
    await client.connect();
    const { rows } = await client.query("SELECT has_database_privilege(current_database(), 'CREATE') AS may_create");
    if (rows[0].may_create) return undefined;
    return {
      sentence: `The role ${user} may not make schemas in the database ${database} of Postgres at ${at}: GRANT CREATE ON DATABASE to it.`,
      passes: false,
    };
  } catch (error) {
    return troubleOf(error as NodeJS.ErrnoException, at, `${database}`, `${user}`);
  } finally {
    await client.end().catch(() => {});
  }
}

function troubleOf({ code, message }: NodeJS.ErrnoException, at: string, database: string, user: string): Trouble {
  switch (code) {
    case 'ENOTFOUND':
      return { sentence: `The name of Postgres at ${at} is not known: correct DATABASE_URL.`, passes: false };
    case 'ECONNREFUSED':
      return { sentence: `Nothing listens at ${at}, where Postgres should be (DATABASE_URL).`, passes: true };
    case '28P01':
    case '28000':
      return {
        sentence: `Postgres at ${at} does not let in the role ${user} (${message}): correct DATABASE_URL.`,
        passes: false,
      };
    case '3D000':
      return {
        sentence: `Postgres at ${at} has no database ${database}: make it, or correct DATABASE_URL.`,
        passes: false,
      };
    case '57P03':
      return { sentence: `Postgres at ${at} is starting.`, passes: true };
  }
  if (/certificate|SSL|TLS/i.test(message) || /CERT|TLS|SSL/.test(code ?? ''))
    return { sentence: `Postgres at ${at}: ${message}; correct sslmode in DATABASE_URL.`, passes: false };
  return { sentence: `Postgres at ${at} gives no answer (${message}).`, passes: true };
}
