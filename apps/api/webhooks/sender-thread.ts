/** The thread that sends: signatures and TLS take their time outside the event loop that handles commands. Started with the first webhook. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { IdentityDb } from '../../../libs/identity/tables.js';
import type { LogLine } from '../log.js';
import type { DisabledReason, SentOutcome } from './sender.js';

export interface SenderSettings {
  database_url: string;
  /** Encrypts the secrets of webhooks. */
  key: string;
  /** Of the operator. */
  networks: string;
}
export type SenderMessage =
  | { line: Parameters<LogLine> }
  | { attempted: [SentOutcome, since_ms: number] }
  | { disabled: DisabledReason };

export interface SenderListener {
  attempted(outcome: SentOutcome, since_ms: number): void;
  disabled(reason: DisabledReason): void;
}

const LOOK_EVERY_MS = 5000;
const RESTART_MS = 5000;
const STOP_MS_MAX = 4000;

export class SenderThread {
  private worker: Worker | undefined;
  private is_closed = false;
  private readonly woken = new AbortController();

  constructor(
    private readonly module: URL,
    private readonly settings: SenderSettings,
    private readonly db: IdentityDb,
    private readonly listener: SenderListener,
    private readonly log: LogLine,
  ) {}

  /** There is something to send. */
  wake(): void {
    this.woken.abort();
  }

  /** Resolves when there is a webhook, and the thread runs. */
  async keepLooking(signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, this.woken.signal]);
    while (!until.aborted && !(await this.hasAny()))
      await sleep(LOOK_EVERY_MS, undefined, { signal: until }).catch(() => {});
    if (!signal.aborted) this.start();
  }

  /** What is under way may end. */
  async close(): Promise<void> {
    this.is_closed = true;
    const { worker } = this;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('stop');
    const over = new AbortController();
    await Promise.race([exited, sleep(STOP_MS_MAX, undefined, { signal: over.signal })]).catch(() => {});
    over.abort();
    await worker.terminate();
  }

  private async hasAny(): Promise<boolean> {
    const any = this.db.selectFrom('webhooks').select('webhook_id').where('active', '=', true).limit(1);
    return any.executeTakeFirst().then(
      (row) => row !== undefined,
      () => false,
    );
  }

  private start(): void {
    if (this.is_closed) return;
    const worker = new Worker(this.module, { workerData: this.settings });
    this.worker = worker;
    worker.on('message', (message: SenderMessage) => {
      if ('line' in message) this.log(...message.line);
      else if ('attempted' in message) this.listener.attempted(...message.attempted);
      else this.listener.disabled(message.disabled);
    });
    worker.on('error', (error) => this.log('error', 'The thread that sends webhooks failed', { error: error.message }));
    worker.on('exit', () => {
      this.worker = undefined;
      if (!this.is_closed) setTimeout(() => this.start(), RESTART_MS).unref();
    });
  }
}
