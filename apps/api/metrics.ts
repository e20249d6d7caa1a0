import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AtomicOutcome, HomesStats, LedgerHomes, Outcome } from '../../libs/ledger-homes/ledger-homes.js';
import type { Submission } from '../../libs/ledger-writer/writer.js';
import { type BackupRecord, readBackupRecord } from '../../libs/process/backup-record.js';
import { observeProcess, readMetrics, showDisk } from '../../libs/process/metrics-endpoint.js';
import type { AuditThreadListener } from './audit/audit-thread.js';
import type { AdmissionControl } from './http/admission-control.js';
import type { Limits } from './http/limits.js';
import { LOAD_CLASSES, loadClassOf } from './http/load-class.js';
import type { TlsFiles } from './http/tls.js';
import type { LiveStreams } from './live/live-streams.js';
import type { ReadModels } from './read-models.js';
import type { Breakers } from './readiness.js';
import { UnreadEvents } from './unread-events.js';
import type { QueueRow } from './waiting-queue/queue-rows.js';
import { ticketsOf, type WaitingQueues } from './waiting-queue/waiting-queues.js';
import type { SenderListener } from './webhooks/sender-thread.js';
import type { disabledWebhooks } from './webhooks/webhooks.js';

const REFRESH_MS = 5000;

export class Metrics {
  private readonly registry = new Registry();
  private readonly live = this.gauge(
    'factory_ledger_projection_live',
    '1 while the projector is at the head of the log.',
  );
  private readonly lag = this.gauge(
    'factory_ledger_projection_lag_seconds',
    'From the writing of the last readable event to its being readable; or, if longer, how long one has waited that was recorded here and is not readable yet.',
  );
  private readonly position = this.gauge(
    'factory_ledger_projection_position',
    'The last position that is readable.',
    'ledger',
  );
  private readonly halted = this.gauge(
    'factory_ledger_projection_halted',
    '1 where an event cannot be projected.',
    'ledger',
  );

  private readonly drift = this.gauge(
    'factory_ledger_drift_rows',
    'Rows of the read models that differed from the log when they were last looked at.',
    'ledger',
  );
  private readonly tampered = this.gauge(
    'factory_ledger_tampered',
    '1 where the log is not what was recorded: touched, damaged, or not what was signed.',
    'ledger',
  );

  private readonly found_tampered = new Map<string, boolean>();
  private readonly unread = new UnreadEvents();

  constructor(
    private readonly models: ReadModels,
    private readonly homes: Pick<LedgerHomes, 'halts' | 'isHome' | 'stats'>,
    breakers: Partial<Breakers> = {},
  ) {
    this.showBreakers(breakers);
    this.showHomes();
    this.showClock();
  }

  /** Then each process answers for all of its pool, and its own figures are at most `REFRESH_MS` old. */
  joinPool(process_name: string): void {
    this.registry.setDefaultLabels({ process: process_name });
    observeProcess(this.registry);
    AggregatorRegistry.setRegistries(this.registry);
    new AggregatorRegistry();
    setInterval(() => void this.refresh(), REFRESH_MS).unref();
    process.on('message', (message: { metrics?: number; text: string }) => {
      if (message.metrics === undefined) return;
      this.asked.get(message.metrics)?.(message.text);
      this.asked.delete(message.metrics);
    });
    this.is_pooled = true;
  }
  private is_pooled = false;
  private readonly asked = new Map<number, (text: string) => void>();
  private asked_count = 0;
  private ofPool(): Promise<string> {
    const id = this.asked_count++;
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      process.send?.({ metrics_wanted: id });
    });
  }

  async text(): Promise<string> {
    await this.refresh();
    return this.is_pooled ? this.ofPool() : readMetrics(this.registry);
  }
  private async refresh(): Promise<void> {
    this.tampered.reset();
    for (const [ledger, is] of this.found_tampered) this.tampered.set({ ledger }, is ? 1 : 0);
    for (const { ledger_id: ledger } of this.homes.halts()) this.tampered.set({ ledger }, 1);
    await this.lookAtProjections();
  }

  private async lookAtProjections(): Promise<void> {
    const health = await this.models.health().catch(() => undefined);
    for (const gauge of [this.live, this.lag]) gauge.remove();
    for (const gauge of [this.position, this.halted]) gauge.reset();
    if (health === undefined) return;
    this.live.set(health.state === 'live' ? 1 : 0);
    this.lag.set(Math.max(health.lag_ms, this.unread.waitedMs(health.ledgers, performance.now())) / 1000);
    for (const { ledger_id: ledger, position, halted } of health.ledgers) {
      this.position.set({ ledger }, position);
      this.halted.set({ ledger }, halted === null ? 0 : 1);
    }
  }

  private readonly queue_wait = new Histogram({
    name: 'factory_ledger_command_queue_wait_seconds',
    help: 'How long the first command of a batch has waited for its ledger.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  private readonly batch_size = new Histogram({
    name: 'factory_ledger_command_batch_size',
    help: 'Commands that are decided together.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [this.registry],
  });
  private readonly appends = new Histogram({
    name: 'factory_ledger_append_seconds',
    help: 'From sending the events of a batch until the log has said what became of them.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  observeAppend(outcome: string, took_ms: number): void {
    this.appends.observe({ outcome }, took_ms / 1000);
  }
  private readonly commands = new Counter({
    name: 'factory_ledger_commands_total',
    help: 'Commands by what became of them; of those that were refused, why.',
    labelNames: ['type', 'outcome', 'code'],
    registers: [this.registry],
  });
  /** The same homes; their answers are counted. Dry runs are not. */
  counting(homes: LedgerHomes): LedgerHomes {
    const count = (ledger_id: string, { command: { type } }: Submission, found: Outcome | AtomicOutcome) => {
      const outcome = 'replayed' in found && found.replayed ? 'replayed' : found.outcome;
      this.commands.inc({ type, outcome, code: 'refusal' in found ? found.refusal.code : '' });
      if (found.outcome === 'recorded') this.unread.recorded(ledger_id, found.position, performance.now());
    };
    return {
      ...homes,
      of: (ledger_id) => {
        const home = homes.of(ledger_id);
        return {
          dryRun: (submission) => home.dryRun(submission),
          async submit(submission) {
            const outcome = await home.submit(submission);
            count(ledger_id, submission, outcome);
            return outcome;
          },
          async submitAll(submissions) {
            const found = await home.submitAll(submissions);
            for (const [index, submission] of submissions.entries())
              count(ledger_id, submission, found.outcome === 'all' ? found.outcomes[index]! : found);
            return found;
          },
        };
      },
    };
  }
  observeBatch(commands: number, waited_ms: number): void {
    this.queue_wait.observe(waited_ms / 1000);
    this.batch_size.observe(commands);
  }

  private showHomes(): void {
    const { homes } = this;
    const registers = [this.registry];
    new Gauge({
      name: 'factory_ledger_home',
      help: '1 where this instance decides the ledger.',
      labelNames: ['ledger'],
      registers,
      collect() {
        this.reset();
        for (const { ledger_id: ledger } of homes.stats().homes) this.set({ ledger }, homes.isHome(ledger) ? 1 : 0);
      },
    });
    const count = (name: string, help: string, of: (stats: HomesStats) => number) =>
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(of(homes.stats()));
        },
      });
    count(
      'factory_ledger_commands_forwarded_total',
      'Commands sent to the home of their ledger.',
      ({ forwarded }) => forwarded,
    );
    count(
      'factory_ledger_commands_forwarded_again_total',
      'Commands whose home was lost before it answered.',
      ({ forwarded_again }) => forwarded_again,
    );
    count(
      'factory_ledger_hand_overs_total',
      'Changes of a ledger’s home, as seen here.',
      ({ hand_overs }) => hand_overs,
    );
    new Gauge({
      name: 'factory_ledger_instances_alive',
      help: 'Instances that this one knows and hears, itself included.',
      registers,
      collect() {
        this.set(1 + homes.stats().peers_alive);
      },
    });
  }

  private showClock(): void {
    new Gauge({
      name: 'factory_ledger_clock_timestamp_seconds',
      help: 'What the clock of this instance says, which dates what it decides.',
      registers: [this.registry],
      collect() {
        this.set(Date.now() / 1000);
      },
    });
  }
  showDisk(data_dir: string): void {
    showDisk(this.registry, data_dir);
  }
  showBackups(data_dir: string): void {
    const gauge = (name: string, help: string, of: (record: BackupRecord) => number | undefined) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        async collect() {
          const value = of(await readBackupRecord(data_dir));
          if (value === undefined) this.remove();
          else this.set(value);
        },
      });
    const seconds = (moment: string | undefined) => (moment === undefined ? undefined : Date.parse(moment) / 1000);
    gauge(
      'factory_ledger_backup_timestamp_seconds',
      'What was recorded up to then is in the newest backup of the data folder.',
      ({ backed_up_at }) => seconds(backed_up_at),
    );
    gauge(
      'factory_ledger_drill_timestamp_seconds',
      'When a backup was last recovered, verified and sold from.',
      ({ drilled_at }) => seconds(drilled_at),
    );
    gauge(
      'factory_ledger_drill_seconds',
      'How long that took until the read models were made.',
      ({ drill_s }) => drill_s,
    );
    gauge(
      'factory_ledger_copy_lag_seconds',
      'What was recorded longer ago is in the copy of the log.',
      ({ copied_at }) => (copied_at === undefined ? undefined : (Date.now() - Date.parse(copied_at)) / 1000),
    );
    gauge(
      'factory_ledger_copy_refused',
      '1 where the copy of the log stands still, since the log is not what was copied.',
      ({ copied_at = '', copy_refused_at = '' }) =>
        copied_at || copy_refused_at ? Number(copy_refused_at > copied_at) : undefined,
    );
    gauge('factory_ledger_drill_failed', '1 where the last try failed.', ({ drilled_at = '', drill_failed_at = '' }) =>
      drilled_at || drill_failed_at ? Number(drill_failed_at > drilled_at) : undefined,
    );
  }
  showCertificate({ cert_file }: TlsFiles): void {
    new Gauge({
      name: 'factory_ledger_certificate_expires_timestamp_seconds',
      help: 'When the TLS certificate ends.',
      registers: [this.registry],
      async collect() {
        this.set(Date.parse(new X509Certificate(await readFile(cert_file)).validTo) / 1000);
      },
    });
  }
  private readonly unsigned = this.gauge(
    'factory_ledger_unsigned_events',
    'Events that no signed checkpoint covers.',
    'ledger',
  );
  private readonly signed_at = this.gauge(
    'factory_ledger_checkpoint_timestamp_seconds',
    'When the last checkpoint was signed.',
    'ledger',
  );

  readonly audit: AuditThreadListener = {
    signed: (ledger, unsigned, at) => {
      this.unsigned.set({ ledger }, unsigned);
      this.signed_at.set({ ledger }, Date.parse(at) / 1000);
    },
    drift: (ledger, rows) => this.drift.set({ ledger }, rows),
    tampered: (ledger, is) => this.found_tampered.set(ledger, is),
  };

  private readonly webhook_attempts = new Counter({
    name: 'factory_ledger_webhook_attempts_total',
    help: 'Attempts to send an event to a webhook from this instance, by what came of them.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly webhook_delay = new Histogram({
    name: 'factory_ledger_webhook_delay_seconds',
    help: 'From the recording of an event to its delivery to a webhook.',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 86_400],
    registers: [this.registry],
  });
  private readonly webhooks_disabled = new Counter({
    name: 'factory_ledger_webhooks_disabled_total',
    help: 'Webhooks that this instance has disabled, by why.',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly webhooks: SenderListener = {
    attempted: (outcome, since_ms) => {
      this.webhook_attempts.inc({ outcome });
      if (outcome === 'delivered') this.webhook_delay.observe(Math.max(0, since_ms) / 1000);
    },
    disabled: (reason) => this.webhooks_disabled.inc({ reason }),
  };

  showDisabledWebhooks(count: () => ReturnType<typeof disabledWebhooks>): void {
    new Gauge({
      name: 'factory_ledger_disabled_webhooks',
      help: 'Webhooks that were disabled by the sender and are so still, by why.',
      labelNames: ['ledger', 'reason'],
      registers: [this.registry],
      async collect() {
        const disabled = await count().catch(() => undefined);
        if (disabled === undefined) return;
        this.reset();
        for (const { ledger, reason, count } of disabled) this.set({ ledger, reason }, count);
      },
    });
  }

  measureRequests(fastify: FastifyInstance): void {
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the end of the answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [this.registry],
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      // A stream is open for as long as its client likes.
      if (reply.statusCode === 200 && loadClassOf(request.method, request.url) === 'stream') return done();
      // The pattern, never the address: ids would make a time series each.
      const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
      duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    });
  }

  showAdmission(admission: AdmissionControl): void {
    const registers = [this.registry];
    new Gauge({
      name: 'factory_ledger_requests_in_flight',
      help: 'Requests that are being answered.',
      registers,
      collect() {
        this.set(admission.in_flight);
      },
    });
    new Counter({
      name: 'factory_ledger_requests_rejected_total',
      help: 'Requests refused because too many were in flight or arriving, or were too slow to arrive, by what they ask for.',
      labelNames: ['load_class'],
      registers,
      collect() {
        this.reset();
        for (const load_class of LOAD_CLASSES) this.inc({ load_class }, admission.rejected_of[load_class]);
      },
    });
  }

  private showBreakers(breakers: Partial<Breakers>): void {
    new Gauge({
      name: 'factory_ledger_circuit_breaker_open',
      help: '1 while what this process asks of the service is refused at once, 0.5 while it is tried again.',
      labelNames: ['service'],
      registers: [this.registry],
      collect() {
        for (const [service, breaker] of Object.entries(breakers))
          if (breaker) this.set({ service }, { closed: 0, half_open: 0.5, open: 1 }[breaker.state]);
      },
    });
  }

  showLimits(limits: Limits): void {
    new Counter({
      name: 'factory_ledger_requests_limited_total',
      help: 'Requests refused with 429 because their user, address or ledger asked more often than its limit allows.',
      labelNames: ['limit'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [limit, times] of limits.refused) this.inc({ limit }, times);
      },
    });
  }

  showStreams(streams: LiveStreams): void {
    const registers = [this.registry];
    new Gauge({
      name: 'factory_ledger_streams_open',
      help: 'Streams of server-sent events that are open, by what they show.',
      labelNames: ['stream'],
      registers,
      collect() {
        this.reset();
        for (const [stream, count] of streams.open()) this.set({ stream }, count);
      },
    });
    new Counter({
      name: 'factory_ledger_streams_ended_total',
      help: 'Streams that have ended, by why: left by their client, too slow, without a token that holds, at a stop.',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of streams.ended) this.inc({ reason }, count);
      },
    });
  }

  showQueues(queues: Pick<WaitingQueues, 'open'>): void {
    const show = (name: string, help: string, labels: string[], of: (queue: QueueRow) => [string[], number][]) =>
      new Gauge({
        name,
        help,
        labelNames: ['ledger', 'flash_sale', ...labels],
        registers: [this.registry],
        async collect() {
          const open = await queues.open().catch(() => undefined);
          // Then the last figures stay, so that it is seen how old they are.
          if (open === undefined) return;
          this.reset();
          for (const queue of open)
            if (queue.ended_at === null)
              for (const [values, value] of of(queue))
                this.labels(queue.ledger, queue.flash_sale_id, ...values).set(value);
        },
      });
    show(
      'factory_ledger_queue_looked_timestamp_seconds',
      'When an instance last looked whom to let in from the waiting queue.',
      [],
      ({ looked_at }) => [[[], looked_at.getTime() / 1000]],
    );
    show('factory_ledger_queue_tickets', 'Tickets of waiting queues by what became of them.', ['state'], (queue) =>
      Object.entries(ticketsOf(queue)).map(([state, count]) => [[state], count]),
    );
  }

  private gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}
