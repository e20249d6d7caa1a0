import { Worker } from 'node:worker_threads';
import { Problem } from '../http/problem.js';
import type { LogLine } from '../log.js';
import type { Message, TaskName, Tasks, ThreadSettings } from './audit-tasks.js';

export interface AuditThreadListener {
  drift(ledger_id: string, rows: number): void;
  tampered(ledger_id: string, tampered: boolean): void;
  /** How many events no checkpoint covers, and when the last one was signed (ISO 8601 UTC). */
  signed(ledger_id: string, unsigned: number, at: string): void;
}

interface Waiting {
  resolve(answer: never): void;
  reject(error: Error): void;
  on_progress?: (done: number, of: number) => void;
}

/** Each task may read a whole ledger; beyond this the answer is 503. */
const WAITING_MAX = 10;
const RESTART_MS = 10_000;

export class TaskFailed extends Error {}

/** The API's side of the audit thread (audit-worker.ts): starts it, asks it, and starts it again after a failure. */
export class AuditThread {
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | undefined;
  private closed = false;
  private asked = 0;
  private readonly known_tampered = new Set<string>();

  constructor(
    private readonly module: URL,
    private readonly settings: ThreadSettings,
    private readonly events: AuditThreadListener,
    private readonly log: LogLine,
  ) {}

  start(): void {
    this.running();
  }

  ask<K extends TaskName>(
    task: K,
    ask: Tasks[K]['ask'],
    on_progress?: Waiting['on_progress'],
  ): Promise<Tasks[K]['answer']> {
    if (this.waiting.size >= WAITING_MAX) throw new Problem('overloaded', {}, { headers: { 'retry-after': '10' } });
    const id = ++this.asked;
    const { promise, resolve, reject } = Promise.withResolvers<Tasks[K]['answer']>();
    this.waiting.set(id, { resolve, reject, on_progress });
    this.running().postMessage({ id, task, ask });
    return promise;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker?.terminate();
  }

  private running(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(this.module, { workerData: this.settings });
    this.worker = worker;
    worker.on('message', (message: Message) => this.hear(message));
    worker.on('error', (error) => this.log('error', 'The audit thread failed', { error: error.message }));
    worker.on('exit', () => {
      this.worker = undefined;
      for (const { reject } of this.waiting.values()) reject(new Problem('unavailable'));
      this.waiting.clear();
      if (!this.closed) setTimeout(() => this.closed || this.start(), RESTART_MS).unref();
    });
    return worker;
  }

  private hear(message: Message): void {
    if ('line' in message) this.log('warn', message.line);
    else if ('drift' in message) this.heardDrift(message.drift);
    else if ('signed' in message)
      this.events.signed(message.signed.ledger_id, message.signed.unsigned, message.signed.at);
    else if ('tampered' in message) this.heardTampered(message.tampered);
    else if ('progress' in message)
      this.waiting.get(message.id)?.on_progress?.(message.progress.done, message.progress.of);
    else {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if ('answer' in message) waiting?.resolve(message.answer as never);
      else waiting?.reject(failureOf(message.failed));
    }
  }

  private heardDrift({ ledger_id, rows }: { ledger_id: string; rows: number }): void {
    this.events.drift(ledger_id, rows);
    if (rows > 0) this.log('error', 'Read models and log differ: verify the ledger', { ledger_id, rows });
  }

  private heardTampered({ ledger_id, what }: { ledger_id: string; what: string | undefined }): void {
    this.events.tampered(ledger_id, what !== undefined);
    if (what === undefined) this.known_tampered.delete(ledger_id);
    else if (!this.known_tampered.has(ledger_id)) {
      this.known_tampered.add(ledger_id);
      this.log('error', 'The log is not what was signed', { ledger_id, what });
    }
  }
}

function failureOf({ name, message }: { name: string; message: string }): Error {
  if (name === 'EventStoreUnavailable') return new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
  return Object.assign(new TaskFailed(message), { name });
}
