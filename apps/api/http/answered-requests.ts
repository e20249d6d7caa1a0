/**
 * What the ledger's log does for commands, for requests about users, keys and webhooks: with an Idempotency-Key each is done once. The answer may
 * hold a secret, so it is kept sealed, and for two days.
 */
import type { FastifyReply } from 'fastify';
import { sql } from 'kysely';
import type { Sealing } from '../../../libs/identity/sealing.js';
import type { IdentityDb, IdentityTransaction as Trx } from '../../../libs/identity/tables.js';
import { Problem } from './problem.js';
import { givenKey, type RequestKey } from './request.js';

const KEPT_HOURS = 48;

export class AnsweredRequests {
  constructor(
    private readonly db: IdentityDb,
    private readonly sealing: Sealing,
  ) {}

  /**
   * @param about to which a key belongs beside its user: a ledger, or users and keys
   * @param work is committed with its answer, or not at all
   * @param reply is told where the answer is an earlier one
   * @throws Problem idempotency_key_reused; unavailable where the answer was sealed by another key
   */
  async once<T>(about: string, key: RequestKey, work: (trx: Trx) => Promise<T>, reply?: FastifyReply): Promise<T> {
    const { request_hash } = key;
    const idempotency_key = keyOf(about, key);
    return this.db.transaction().execute(async (trx) => {
      if (request_hash === undefined) return work(trx);
      const taken = await trx
        .insertInto('answered_requests')
        .values({ idempotency_key, request_hash, answer: null })
        .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
        .returning('idempotency_key')
        .executeTakeFirst();
      if (taken === undefined) return (await this.earlier<T>(about, key, reply, trx))!;
      const made = await work(trx);
      await trx
        .updateTable('answered_requests')
        .set({ answer: this.sealing.seal(Buffer.from(JSON.stringify(made)), idempotency_key) })
        .where('idempotency_key', '=', idempotency_key)
        .execute();
      return made;
    });
  }

  /** For what takes long or asks elsewhere. undefined where the key is new. @throws Problem idempotency_key_reused, unavailable */
  async earlier<T>(
    about: string,
    key: RequestKey,
    reply?: FastifyReply,
    db: IdentityDb | Trx = this.db,
  ): Promise<T | undefined> {
    if (key.request_hash === undefined) return undefined;
    const idempotency_key = keyOf(about, key);
    const row = await db
      .selectFrom('answered_requests')
      .select(['request_hash', 'answer'])
      .where('idempotency_key', '=', idempotency_key)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.request_hash !== key.request_hash)
      throw new Problem('idempotency_key_reused', { idempotency_key: givenKey(key.idempotency_key) });
    const answer = row.answer && this.sealing.open(row.answer, idempotency_key);
    if (!answer) throw new Problem('unavailable');
    reply?.header('idempotency-replayed', 'true');
    return JSON.parse(answer.toString()) as T;
  }
}

function keyOf(about: string, { idempotency_key }: RequestKey): string {
  return `${about}:${idempotency_key}`;
}

export async function forgetAnsweredRequests(db: IdentityDb): Promise<void> {
  const until = sql<Date>`clock_timestamp() - make_interval(hours => ${KEPT_HOURS})`;
  await db.deleteFrom('answered_requests').where('made_at', '<', until).execute();
}
