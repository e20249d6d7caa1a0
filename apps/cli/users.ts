/** A way back in for the owner of the data folder or the database. */
import { parseArgs } from 'node:util';
import { migrateIdentity } from '../../libs/identity/migrations.js';
import { resetFactors } from '../../libs/identity/reset-factors.js';
import { generatedPassword, hashOf, setPassword } from '../../libs/identity/set-password.js';
import { type IdentityDb, openIdentity } from '../../libs/identity/tables.js';
import { openPostgres } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- users reset-password NAME
       npm run cli -- users reset-factors NAME

reset-password gives the user NAME a generated password, prints it once, and ends their sessions and their lock. The password is good for
24 hours and must be changed at the first sign-in. A second factor stays as it is.

reset-factors takes the second factors and recovery codes of NAME, for whom no other admin is left to do it, and ends their sessions. The
password stays as it is.

Both are security events of the actor \`system\`; the API carries them to the log.

The database is the one that DATABASE_URL names; else that of the data folder DATA_DIR (default .data), whether the system runs or not.

Exit code: 0 done, 2 not.`;

async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [what = '', username] = positionals;
  const reset = RESETS.get(what);
  if (reset === undefined || username === undefined || positionals.length > 2)
    throw new CannotDo('Say what, and name the user: cli users reset-password NAME, or cli users reset-factors NAME');
  const database = await openPostgres();
  const identity = openIdentity(database.url, () => {});
  try {
    await migrateIdentity(identity);
    const done = await reset(identity, username);
    if (done === undefined) {
      const rows = await identity.selectFrom('users').select('username').orderBy('username').limit(20).execute();
      throw new CannotDo(
        `There is no user ${username}. ${rows.length === 0 ? 'There is none at all: the next start makes the first.' : `There are: ${rows.map((row) => row.username).join(', ')}.`}`,
      );
    }
    process.stdout.write(`${done}\n`);
    return 0;
  } finally {
    await identity.destroy();
    await database.close();
  }
}

/** What it did; undefined where there is no such user. */
type Reset = (identity: IdentityDb, username: string) => Promise<string | undefined>;

const RESETS = new Map<string, Reset>([
  [
    'reset-password',
    async (identity, username) => {
      const password = generatedPassword();
      const done = await setPassword(identity, 'system', username, await hashOf(password), { is_chosen: false });
      return done ? `${username} signs in with  ${password}  within 24 hours, and must then change it.` : undefined;
    },
  ],
  [
    'reset-factors',
    async (identity, username) =>
      (await resetFactors(identity, 'system', username)) ? `${username} has no second factor any more.` : undefined,
  ],
]);

export const verb: Verb = { help: HELP, run };
