import { sql } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { setPassword, tokensVoid } from '../../../libs/identity/set-password.js';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import type { User } from './auth.schemas.js';
import { hashPassword } from './passwords.js';

export class Users {
  constructor(
    private readonly db: IdentityDb,
    private readonly changed: (username: string) => void = () => {},
  ) {}

  /** Undefined where there is any user. Safe when two instances start at once. */
  async createFirstAdmin(
    username: string,
    passwordOf: () => string,
  ): Promise<{ username: string; password: string } | undefined> {
    const any = await this.db.selectFrom('users').select('username').limit(1).executeTakeFirst();
    if (any !== undefined) return undefined;
    const password = passwordOf();
    const password_hash = await hashPassword('system', { password, path: 'password', username });
    return this.db.transaction().execute(async (trx) => {
      await sql`LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      const other = await trx.selectFrom('users').select('username').limit(1).executeTakeFirst();
      if (other !== undefined) return undefined;
      await trx.insertInto('users').values({ username, password_hash, role: 'admin', created_by: 'system' }).execute();
      await noteSecurityEvent(trx, 'UserCreated', 'system', { username, role: 'admin' });
      return { username, password };
    });
  }

  async create(actor: string, username: string, password: string, role: Role): Promise<User> {
    const password_hash = await hashPassword(actor, { password, path: 'password', username });
    await this.db.transaction().execute(async (trx) => {
      const made = await trx
        .insertInto('users')
        .values({ username, password_hash, role, created_by: actor })
        .onConflict((conflict) => conflict.doNothing())
        .returning('username')
        .executeTakeFirst();
      if (made === undefined) throw new Problem('user_exists', { username });
      await noteSecurityEvent(trx, 'UserCreated', actor, { username, role });
    });
    return this.get(username);
  }

  async get(username: string): Promise<User> {
    const row = await this.views().where('users.username', '=', username).executeTakeFirst();
    if (row === undefined) throw new Problem('unknown_user', { username });
    return viewOf(row);
  }

  async list(after: string, limit: number): Promise<User[]> {
    const rows = await this.views()
      .where('users.username', '>', after)
      .orderBy('users.username')
      .limit(limit)
      .execute();
    return rows.map(viewOf);
  }

  async change(actor: string, username: string, { role, active }: { role?: Role; active?: boolean }): Promise<User> {
    await this.db.transaction().execute(async (trx) => {
      // Locks all admins in one order: of two admins who remove each other at once, the second is refused.
      const admins = await trx
        .selectFrom('users')
        .select('username')
        .where('role', '=', 'admin')
        .where('active', '=', true)
        .orderBy('username')
        .forUpdate()
        .execute();
      const before = await trx
        .selectFrom('users')
        .select(['role', 'active'])
        .where('username', '=', username)
        .forUpdate()
        .executeTakeFirst();
      if (before === undefined) throw new Problem('unknown_user', { username });
      const after = { role: role ?? before.role, active: active ?? before.active };
      if (after.role === before.role && after.active === before.active) return;
      const stays_admin = after.role === 'admin' && after.active;
      if (!stays_admin && admins.length === 1 && admins[0]?.username === username)
        throw new Problem('last_admin', { username });
      await trx
        .updateTable('users')
        .set({ ...after, ...tokensVoid })
        .where('username', '=', username)
        .execute();
      if (after.role !== before.role)
        await noteSecurityEvent(trx, 'UserRoleChanged', actor, { username, from: before.role, to: after.role });
      if (after.active !== before.active)
        await noteSecurityEvent(trx, after.active ? 'UserReactivated' : 'UserDeactivated', actor, { username });
    });
    this.changed(username);
    return this.get(username);
  }

  async setPassword(actor: string, username: string, password: string, path: string): Promise<User> {
    const user = await this.db
      .selectFrom('users')
      .select('password_hash')
      .where('username', '=', username)
      .executeTakeFirst();
    if (user === undefined) throw new Problem('unknown_user', { username });
    const password_hash = await hashPassword(actor, { password, path, username, present_hash: user.password_hash });
    if (!(await setPassword(this.db, actor, username, password_hash))) throw new Problem('unknown_user', { username });
    this.changed(username);
    return this.get(username);
  }

  async unlock(actor: string, username: string): Promise<User> {
    await this.get(username);
    await this.db.transaction().execute(async (trx) => {
      const before = await trx
        .deleteFrom('failed_sign_ins')
        .where('username', '=', username)
        .returning('locked_until')
        .execute();
      const locks = before.flatMap(({ locked_until }) => locked_until?.toISOString() ?? []);
      const locked_until = locks.toSorted().at(-1) ?? null;
      await noteSecurityEvent(trx, 'SignInUnlocked', actor, { username, locked_until });
    });
    return this.get(username);
  }

  private views() {
    return this.db
      .selectFrom('users')
      .select(['users.username', 'role', 'active', 'created_at', 'created_by'])
      .select((users) =>
        users
          .selectFrom('failed_sign_ins as failed')
          .whereRef('failed.username', '=', 'users.username')
          .select(({ fn }) => fn.max('failed.locked_until').as('locked_until'))
          .as('locked_until'),
      );
  }
}

function viewOf(row: Omit<User, 'created_at' | 'locked_until'> & { created_at: Date; locked_until: Date | null }) {
  const locked = row.locked_until !== null && row.locked_until.getTime() > Date.now();
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    locked_until: locked ? row.locked_until!.toISOString() : null,
  };
}
