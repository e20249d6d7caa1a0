/** A way back in for the owner of the data folder or the database. */
import { parseArgs } from 'node:util';
import { generatedPassword, hashOf, setPassword } from '../../libs/identity/set-password.js';
import { migrateIdentity, openIdentity } from '../../libs/identity/tables.js';
import { openPostgres } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- users reset-password NAME

Gives the user NAME a generated password, prints it once, and ends their sessions and their lock. The password is good for 24 hours and must
be changed at the first sign-in. It is a security event of the actor \`system\`; the API carries it to the log.

The database is the one that DATABASE_URL names; else that of the data folder DATA_DIR (default .data), whether the system runs or not.

Exit code: 0 done, 2 not.`;

async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [what, username] = positionals;
  if (what !== 'reset-password' || username === undefined || positionals.length > 2)
    throw new CannotDo('Name the user: cli users reset-password NAME');
  const database = await openPostgres();
  const identity = openIdentity(database.url, () => {});
  try {
    await migrateIdentity(identity);
    const password = generatedPassword();
    if (!(await setPassword(identity, 'system', username, await hashOf(password), { is_chosen: false }))) {
      const rows = await identity.selectFrom('users').select('username').orderBy('username').limit(20).execute();
      throw new CannotDo(
        `There is no user ${username}. ${rows.length === 0 ? 'There is none at all: the next start makes the first.' : `There are: ${rows.map((row) => row.username).join(', ')}.`}`,
      );
    }
    process.stdout.write(`${username} signs in with  ${password}  within 24 hours, and must then change it.\n`);
    return 0;
  } finally {
    await identity.destroy();
    await database.close();
  }
}

export const verb: Verb = { help: HELP, run };
