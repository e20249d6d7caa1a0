import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { Verification } from '../../../projections/verification/verify.js';
import type { LogLine } from '../log.js';
import type { Tasks } from './audit-tasks.js';
import type { AuditThread } from './audit-thread.js';

export interface VerificationView extends Partial<Verification> {
  verification_id: string;
  ledger_id: string;
  status: 'running' | 'passed' | 'failed';
  progress: { events: number; of: number };
  requested_by: string;
  requested_at: string;
  error?: string;
}

const BEAT_MS = 2000;
/** The instance that ran it has died. */
const SILENT_S_MAX = 15;
/** By one clock: those of instances may differ. */
const silent = sql<boolean>`touched_at < now() - make_interval(secs => ${SILENT_S_MAX})`;

export class Verifications {
  constructor(
    private readonly db: IdentityDb,
    private readonly thread: AuditThread,
    private readonly log: LogLine,
  ) {}

  async begin(ask: Tasks['verify']['ask'], requested_by: string): Promise<VerificationView> {
    const { ledger_id } = ask;
    const verification_id = randomUUID();
    const progress = { events: 0, of: 0 };
    const running = this.thread.ask('verify', ask, (events, of) => Object.assign(progress, { events, of }));
    const row = {
      verification_id,
      ledger: ledger_id,
      requested_by,
      status: 'running' as const,
      events: 0,
      of_events: 0,
    };
    await this.db.insertInto('verifications').values(row).execute();
    this.follow(verification_id, running, progress).catch((error: Error) =>
      this.log('error', 'A verification could not be kept', { verification_id, error: error.message }),
    );
    return (await this.find(ledger_id, verification_id))!;
  }

  async find(ledger_id: string, verification_id: string): Promise<VerificationView | undefined> {
    const row = await this.db
      .selectFrom('verifications')
      .selectAll()
      .select(silent.as('is_silent'))
      .where('ledger', '=', ledger_id)
      .where('verification_id', '=', verification_id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { requested_by, requested_at, events, of_events, report, is_silent } = row;
    const lost = row.status === 'running' && is_silent;
    return {
      verification_id,
      ledger_id,
      status: lost ? 'failed' : row.status,
      progress: { events: Number(events), of: Number(of_events) },
      requested_by,
      requested_at: requested_at.toISOString(),
      ...(lost ? { error: 'It was interrupted; begin another one.' } : report),
    };
  }

  private async follow(
    verification_id: string,
    running: Promise<Verification>,
    progress: VerificationView['progress'],
  ): Promise<void> {
    const keep = (status: VerificationView['status'], report: object = {}) =>
      this.db
        .updateTable('verifications')
        .set({
          status,
          report: JSON.stringify(report),
          events: progress.events,
          of_events: progress.of,
          touched_at: sql`now()`,
        })
        .where('verification_id', '=', verification_id)
        .execute();
    const beat = setInterval(() => void keep('running').catch(() => {}), BEAT_MS);
    try {
      const report = await running;
      clearInterval(beat);
      progress.events = report.position + 1;
      progress.of = report.position + 1;
      await keep(report.findings.length + report.rows_different === 0 ? 'passed' : 'failed', report);
    } catch (error) {
      clearInterval(beat);
      await keep('failed', { error: (error as Error).message });
    }
  }
}
