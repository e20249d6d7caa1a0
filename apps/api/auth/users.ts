import { type RawBuilder, sql } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { generatedPassword, newTokenVersion, setPassword, temporary } from '../../../libs/identity/set-password.js';
import {
  ALL_LEDGERS,
  type IdentityDb,
  type IdentityTransaction,
  inOneTransaction,
  rolesOf,
} from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import { rolesShown, type User, type UserWithPassword } from './auth.schemas.js';
import { hashPassword } from './passwords.js';

export class Users {
  constructor(
    private readonly db: IdentityDb,
    private readonly changed: (username: string) => void = () => {},
  ) {}

  /** Undefined where there is any user with a password. Safe when two instances start at once. */
  async createFirstAdmin(chosen: () => NewAdmin): Promise<{ username: string; password: string } | undefined> {
    const any = await this.withPassword(this.db).executeTakeFirst();
    if (any !== undefined) return undefined;
    const { username, password, is_chosen } = chosen();
    const password_hash = await hashPassword('system', { password, path: 'password', username });
    return this.db.transaction().execute(async (trx) => {
      await sql`LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
      const other = await this.withPassword(trx).executeTakeFirst();
      if (other !== undefined) return undefined;
      await trx
        .insertInto('users')
        .values({ username, password_hash, password_expires_at: is_chosen ? null : temporary, created_by: 'system' })
        .execute();
      await trx.insertInto('user_roles').values({ username, ledger: ALL_LEDGERS, role: 'admin' }).execute();
      await noteSecurityEvent(trx, 'UserCreated', 'system', { username, role: 'admin' });
      return { username, password };
    });
  }

  /** Without a password one is generated, and returned. */
  async create(
    actor: string,
    { username, role, ledger_id, ...given }: NewUser,
    db: IdentityDb = this.db,
  ): Promise<UserWithPassword> {
    const { password = generatedPassword(), password_is_chosen = false } = given;
    const password_hash = await hashPassword(actor, { password, path: 'password', username });
    await inOneTransaction(db, async (trx) => {
      const made = await trx
        .insertInto('users')
        .values({
          username,
          password_hash,
          password_expires_at: password_is_chosen ? null : temporary,
          created_by: actor,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('username')
        .executeTakeFirst();
      if (made === undefined) throw new Problem('user_exists', { username });
      await trx
        .insertInto('user_roles')
        .values({ username, ledger: ledger_id ?? ALL_LEDGERS, role })
        .execute();
      await noteSecurityEvent(trx, 'UserCreated', actor, { username, role, ...(ledger_id && { ledger: ledger_id }) });
    });
    return { ...(await this.get(username, db)), ...(given.password === undefined && { password }) };
  }

  async get(username: string, db: IdentityDb = this.db): Promise<User> {
    const row = await this.views(db).where('users.username', '=', username).executeTakeFirst();
    if (row === undefined) throw new Problem('unknown_user', { username });
    return viewOf(row);
  }

  /** A user, or the actor of an API key. @throws Problem unknown_user */
  async assertActor(actor: string): Promise<void> {
    const known = await this.db
      .selectFrom('users')
      .select('username')
      .where('username', '=', actor)
      .unionAll(this.db.selectFrom('api_keys').select('name as username').where(sql`'key/' || name`, '=', actor))
      .limit(1)
      .executeTakeFirst();
    if (known === undefined) throw new Problem('unknown_user', { username: actor });
  }

  /** Behind the user with the cells `after`. */
  async list(filter: UserFilter, { by, descending, after, limit }: UserReading): Promise<User[]> {
    const columns = ORDERS[by];
    const [way, beyond] = descending ? (['desc', '<'] as const) : (['asc', '>'] as const);
    const wanted = [
      ...wantedOf(filter),
      ...(after === undefined
        ? []
        : [sql<boolean>`(${sql.join(columns)}) ${sql.raw(beyond)} (${sql.join([...after])})`]),
    ];
    const views = this.views(this.db).where(({ and }) => and(wanted));
    const ordered = columns.reduce((query, column) => query.orderBy(column, way), views);
    return (await ordered.limit(limit).execute()).map(viewOf);
  }

  /** Changes a role, or whether the user is active; either voids the user's tokens. @throws Problem unknown_user, managed_by_issuer, last_admin */
  async change(actor: string, username: string, { role, ledger_id, active }: UserChange): Promise<User> {
    await this.db.transaction().execute(async (trx) => {
      // Locks all admins in one order: of two admins who remove each other at once, the second is refused.
      const admins = await trx
        .selectFrom('users')
        .innerJoin('user_roles as held', 'held.username', 'users.username')
        .select('users.username')
        .where('held.ledger', '=', ALL_LEDGERS)
        .where('held.role', '=', 'admin')
        .where('active', '=', true)
        // An identity provider may be away, or take the role back.
        .where('password_hash', 'is not', null)
        .orderBy('users.username')
        .forUpdate()
        .execute();
      const before = await trx
        .selectFrom('users')
        .select(['active', 'issuer'])
        .where('username', '=', username)
        .forUpdate()
        .executeTakeFirst();
      if (before === undefined) throw new Problem('unknown_user', { username });
      if (role !== undefined && before.issuer !== null) throw new Problem('managed_by_issuer', { username });
      const changed = {
        role: role !== undefined && (await setRole(trx, actor, username, ledger_id ?? ALL_LEDGERS, role)),
        active: active !== undefined && active !== before.active,
      };
      if (!changed.role && !changed.active) return;
      const stays_admin = active !== false && (ledger_id !== undefined || role === undefined || role === 'admin');
      if (!stays_admin && admins.length === 1 && admins[0]?.username === username)
        throw new Problem('last_admin', { username });
      await trx
        .updateTable('users')
        .set({ ...(changed.active && { active }), ...newTokenVersion })
        .where('username', '=', username)
        .execute();
      if (changed.active)
        await noteSecurityEvent(trx, active ? 'UserReactivated' : 'UserDeactivated', actor, { username });
    });
    this.changed(username);
    return this.get(username);
  }

  async changePassword(username: string, password: string): Promise<void> {
    await this.setPassword(username, username, password, { path: 'new_password', is_chosen: true });
  }

  /** Gives the user a password that they must change; without one it is generated, and returned. */
  async resetPassword(
    actor: string,
    username: string,
    given?: string,
    db: IdentityDb = this.db,
  ): Promise<UserWithPassword> {
    const password = given ?? generatedPassword();
    await this.setPassword(actor, username, password, { path: 'password', is_chosen: false }, db);
    return { ...(await this.get(username, db)), ...(given === undefined && { password }) };
  }

  /** @param path the field of the body that holds the password */
  private async setPassword(
    actor: string,
    username: string,
    password: string,
    { path, is_chosen }: { path: string; is_chosen: boolean },
    db: IdentityDb = this.db,
  ): Promise<void> {
    const user = await db
      .selectFrom('users')
      .select('password_hash')
      .where('username', '=', username)
      .executeTakeFirst();
    if (user === undefined) throw new Problem('unknown_user', { username });
    if (user.password_hash === null) throw new Problem('managed_by_issuer', { username });
    const password_hash = await hashPassword(actor, { password, path, username, present_hash: user.password_hash });
    const is_done = await setPassword(db, actor, username, password_hash, { is_chosen });
    if (!is_done) throw new Problem('unknown_user', { username });
    this.changed(username);
  }

  async unlock(actor: string, username: string, db: IdentityDb = this.db): Promise<User> {
    await this.get(username, db);
    await inOneTransaction(db, async (trx) => {
      const before = await trx
        .deleteFrom('failed_sign_ins')
        .where('username', '=', username)
        .returning('locked_until')
        .execute();
      const locks = before.flatMap(({ locked_until }) => locked_until?.toISOString() ?? []);
      const locked_until = locks.toSorted().at(-1) ?? null;
      await noteSecurityEvent(trx, 'SignInUnlocked', actor, { username, locked_until });
    });
    return this.get(username, db);
  }

  private withPassword(db: IdentityDb | Trx) {
    return db.selectFrom('users').select('username').where('password_hash', 'is not', null).limit(1);
  }

  private views(db: IdentityDb) {
    return db
      .selectFrom('users')
      .select([
        'users.username',
        'active',
        'password_expires_at',
        'issuer',
        'subject',
        'display_name',
        'created_at',
        'created_by',
        rolesOf('users.username').as('roles'),
      ])
      .select((users) =>
        users
          .selectFrom('failed_sign_ins as failed')
          .whereRef('failed.username', '=', 'users.username')
          .where('failed.locked_until', '>', sql<Date>`clock_timestamp()`)
          .select(({ fn }) => fn.max('failed.locked_until').as('locked_until'))
          .as('locked_until'),
      );
  }
}

export interface NewAdmin {
  username: string;
  password: string;
  /** Else it must be changed at the first sign-in. */
  is_chosen: boolean;
}
export interface NewUser extends Grant {
  username: string;
  password?: string;
  password_is_chosen?: boolean;
}
/** Without `ledger_id` in all ledgers. */
export interface Grant {
  role: Role;
  ledger_id?: string;
}
export interface UserChange {
  /** null takes it away. */
  role?: Role | null;
  ledger_id?: string;
  active?: boolean;
}

export interface UserFilter {
  /** How the username begins, or a word of the display name. */
  q?: string;
  /** In all ledgers, or in that of `ledger_id`; null: none. */
  role?: Role | null;
  ledger_id?: string;
  active?: boolean;
  single_sign_on?: boolean;
  created_by?: string;
}
export const USER_ORDERS = ['username', 'created_at'] as const;
export type UserOrder = (typeof USER_ORDERS)[number];
interface UserReading {
  by: UserOrder;
  descending: boolean;
  after?: readonly string[];
  limit: number;
}
/** Of the time what its answer shows. */
const ORDERS: Record<UserOrder, RawBuilder<unknown>[]> = {
  username: [sql`users.username`],
  created_at: [sql`date_trunc('milliseconds', users.created_at)`, sql`users.username`],
};

function wantedOf({ q, role, ledger_id, active, single_sign_on, created_by }: UserFilter): RawBuilder<boolean>[] {
  const conditions: RawBuilder<boolean>[] = [];
  if (q !== undefined)
    conditions.push(sql`(starts_with(lower(users.username), lower(${q})) OR
      strpos(' ' || lower(display_name), ' ' || lower(${q})) > 0)`);
  if (role !== undefined || ledger_id !== undefined) {
    const there = sql`SELECT FROM user_roles held WHERE held.username = users.username AND held.ledger = ${ledger_id ?? ALL_LEDGERS}`;
    if (role === null) conditions.push(sql`NOT EXISTS (${there})`);
    else conditions.push(role === undefined ? sql`EXISTS (${there})` : sql`EXISTS (${there} AND held.role = ${role})`);
  }
  if (active !== undefined) conditions.push(sql`active = ${active}`);
  if (single_sign_on !== undefined) conditions.push(sql`(issuer IS NOT NULL) = ${single_sign_on}`);
  if (created_by !== undefined) conditions.push(sql`created_by = ${created_by}`);
  return conditions;
}

type Trx = IdentityTransaction;

/** @returns whether the role has changed */
async function setRole(trx: Trx, actor: string, username: string, ledger: string, role: Role | null): Promise<boolean> {
  const before = await trx
    .selectFrom('user_roles')
    .select('role')
    .where('username', '=', username)
    .where('ledger', '=', ledger)
    .executeTakeFirst();
  const from = before?.role ?? null;
  if (from === role) return false;
  if (role === null)
    await trx.deleteFrom('user_roles').where('username', '=', username).where('ledger', '=', ledger).execute();
  else
    await trx
      .insertInto('user_roles')
      .values({ username, ledger, role })
      .onConflict((conflict) => conflict.columns(['username', 'ledger']).doUpdateSet({ role }))
      .execute();
  const where = ledger === ALL_LEDGERS ? {} : { ledger };
  await noteSecurityEvent(trx, 'UserRoleChanged', actor, { username, ...where, from, to: role });
  return true;
}

type UserRow = Pick<User, 'username' | 'active' | 'created_by'> & {
  roles: Record<string, Role>;
  issuer: string | null;
  subject: string | null;
  display_name: string | null;
  password_expires_at: Date | null;
  created_at: Date;
  locked_until: Date | null;
};

function viewOf({ roles, issuer, subject, display_name, ...row }: UserRow): User {
  return {
    ...row,
    ...rolesShown(new Map(Object.entries(roles))),
    single_sign_on: issuer === null ? null : { issuer, subject: subject ?? '', display_name: display_name ?? '' },
    password_expires_at: row.password_expires_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    locked_until: row.locked_until?.toISOString() ?? null,
  };
}
