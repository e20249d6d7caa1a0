import { EventStoreUnavailable, StreamTombstoned } from '../../libs/event-store/event-store.js';
import { StartRefused } from '../../libs/process/child.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { troubleWithPostgres } from '../../libs/process/services.js';
import { databaseUrl } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const verbs: Record<string, { does: string; load: () => Promise<{ verb: Verb }> }> = {
  import: { does: 'records the commands of a file, through the API', load: () => import('./import.js') },
  export: { does: 'writes a ledger, its chain and its checkpoints into a file', load: () => import('./export.js') },
  restore: { does: 'brings an export back into a log without the ledger', load: () => import('./restore.js') },
  verify: { does: 'checks the log and every row of the read models, or an export', load: () => import('./verify.js') },
  backup: {
    does: 'backs up the data folder while the system runs, once or on a schedule',
    load: () => import('./backup.js'),
  },
  follow: {
    does: 'keeps a checked copy of the log, event by event',
    load: () => import('./follow.js'),
  },
  recover: { does: 'makes a data folder from a backup', load: () => import('./recover.js') },
  drill: {
    does: 'tries a backup out: recovers, starts, verifies and sells in a dry run',
    load: () => import('./drill.js'),
  },
  rebuild: {
    does: 'makes the read models anew from the log, beside the live ones',
    load: () => import('./rebuild.js'),
  },
  migrate: {
    does: 'moves everything from the data folder to services of your own',
    load: () => import('./migrate.js'),
  },
  users: { does: 'gives a user another password, when no admin can sign in', load: () => import('./users.js') },
  proof: { does: 'proves a document against a signed checkpoint', load: () => import('./proof.js') },
  unhide: {
    does: 'makes the events of a deleted or truncated stream visible again',
    load: () => import('./unhide.js'),
  },
  resume: { does: 'lets a halted ledger go on', load: () => import('./resume.js') },
  'verify-proof': { does: 'checks such a proof on any machine', load: () => import('./verify-proof.js') },
};

const INTERRUPTED = 130;

function overview(): string {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  const lines = Object.entries(verbs).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`);
  return `Usage: npm run cli -- <verb> [options]      (<verb> --help says more)\n\n${lines.join('\n')}\n`;
}

async function main([name = '--help', ...args]: string[]): Promise<number> {
  readSecretFiles(process.env);
  if (name === '--help' || name === '-h' || name === 'help') return say(overview());
  const entry = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (entry === undefined) throw new CannotDo(`There is no verb "${name}".\n\n${overview()}`);
  const { verb } = await entry.load();
  if (args.includes('--help') || args.includes('-h')) return say(verb.help);
  const stop = new AbortController();
  const onSignal = () => (stop.signal.aborted ? process.exit(INTERRUPTED) : stop.abort(new CannotDo('Interrupted.')));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await verb.run(withKeysJoined(args), stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return say('Interrupted.\n', INTERRUPTED);
    throw error;
  }
}

/** One public key in 64 begins with a dash, and parseArgs would take it for an option. */
function withKeysJoined(args: readonly string[]): string[] {
  const isKey = (at: number) => args[at - 1] === '--key' && /^-[\w-]{42}$/.test(args[at] ?? '');
  return args.flatMap((arg, at) => (isKey(at) ? [] : isKey(at + 1) ? [`${arg}=${args[at + 1]}`] : [arg]));
}

function say(text: string, code = 0): number {
  (code === 0 ? process.stdout : process.stderr).write(text.endsWith('\n') ? text : `${text}\n`);
  return code;
}

async function sentenceFor(error: unknown): Promise<string | undefined> {
  const { code = '', message } = error as NodeJS.ErrnoException;
  // parseArgs of node:util explains in a sentence what is wrong with an option.
  if (error instanceof CannotDo || error instanceof StartRefused || code.startsWith?.('ERR_PARSE_ARGS')) return message;
  if (error instanceof EventStoreUnavailable) return `The event store does not answer (${message}).`;
  if (error instanceof StreamTombstoned) return `The log says: ${message}. Only a backup or an export has its events.`;
  if (UNUSABLE.has(code)) return (await troubleWithPostgres(databaseUrl()))?.sentence ?? 'The database did not answer.';
  return undefined;
}
const UNUSABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  '57P01',
  '57P03',
  '28P01',
  '28000',
  '3D000',
]);

process.stdout.on('error', () => process.exit(INTERRUPTED));
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  async (error: unknown) => {
    process.exitCode = 2;
    say((await sentenceFor(error)) ?? `This is a bug: ${(error as Error).stack ?? error}`, 2);
  },
);
