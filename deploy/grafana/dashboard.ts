/** Writes dashboard.json, for Grafana's provisioning: `node deploy/grafana/dashboard.ts`. A spec holds the two together. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

type Unit = 's' | 'bytes' | 'percentunit' | 'reqps' | 'short' | 'none';
interface Shown {
  title: string;
  unit: Unit;
  /** Legend → query. */
  queries: Record<string, string>;
  /** One number each, instead of lines. */
  is_stat?: boolean;
}

const rate = (metric: string, labels = '') => `rate(${metric}{${labels}}[$__rate_interval])`;
const quantile = (of: number, metric: string, by = '', labels = '') =>
  `histogram_quantile(${of}, sum by (le${by && `, ${by}`}) (${rate(`${metric}_bucket`, labels)}))`;
const mean = (metric: string) => `sum(${rate(`${metric}_sum`)}) / sum(${rate(`${metric}_count`)})`;
const COMMANDS = 'method!~"GET|HEAD"';

const ROWS: Record<string, Shown[]> = {
  'Is it well?': [
    stat('Programs that answer', 'none', { '{{job}}': 'sum by (job) (up{job=~"factory-ledger-.*|eventstore"})' }),
    stat('Tampered ledgers', 'none', { ledgers: 'sum(max by (ledger) (factory_ledger_tampered)) or vector(0)' }),
    stat('Halted projections', 'none', {
      ledgers: 'sum(max by (ledger) (factory_ledger_projection_halted)) or vector(0)',
    }),
    stat('Rows that differ from the log', 'none', {
      rows: 'sum(max by (ledger) (factory_ledger_drift_rows)) or vector(0)',
    }),
    stat('Breakers', 'none', { '{{service}}': 'max by (service) (factory_ledger_circuit_breaker_open)' }),
    stat('Read models behind', 's', { lag: 'max(factory_ledger_projection_lag_seconds)' }),
  ],
  Commands: [
    lines('Commands by outcome', 'reqps', {
      '{{outcome}}': `sum by (outcome) (${rate('factory_ledger_commands_total')})`,
    }),
    lines('Refusals by code', 'reqps', {
      '{{code}}': `sum by (code) (${rate('factory_ledger_commands_total', 'outcome="refused"')})`,
    }),
    lines('Time of a command', 's', {
      p50: quantile(0.5, 'http_request_duration_seconds', '', COMMANDS),
      p99: quantile(0.99, 'http_request_duration_seconds', '', COMMANDS),
    }),
    lines('Share of commands answered 5xx', 'percentunit', {
      share: `sum(${rate('http_request_duration_seconds_count', `${COMMANDS},status=~"5.."`)}) / sum(${rate('http_request_duration_seconds_count', COMMANDS)}) or vector(0)`,
    }),
    lines('Wait for the ledger', 's', { p99: quantile(0.99, 'factory_ledger_command_queue_wait_seconds') }),
    lines('Commands decided together', 'none', { mean: mean('factory_ledger_command_batch_size') }),
    lines('Append, p99', 's', { '{{outcome}}': quantile(0.99, 'factory_ledger_append_seconds', 'outcome') }),
    lines('Appends lost to another instance', 'reqps', {
      conflicts: `sum(${rate('factory_ledger_append_seconds_count', 'outcome="conflict"')}) or vector(0)`,
    }),
    lines('Forwarded to the home', 'reqps', {
      commands: `sum(${rate('factory_ledger_commands_forwarded_total')})`,
      again: `sum(${rate('factory_ledger_commands_forwarded_again_total')})`,
    }),
  ],
  Queries: [
    lines('Time of a query, p99, by route', 's', {
      '{{route}}': `topk(10, ${quantile(0.99, 'http_request_duration_seconds', 'route', 'method="GET"')})`,
    }),
    lines('In flight', 'none', { '{{instance}}': 'factory_ledger_requests_in_flight' }),
    lines('Open streams', 'none', { '{{stream}}': 'sum by (stream) (factory_ledger_streams_open) or vector(0)' }),
    lines('Rejected by what was asked', 'reqps', {
      '{{load_class}}': `sum by (load_class) (${rate('factory_ledger_requests_rejected_total')})`,
    }),
    lines('Limited', 'reqps', {
      '{{limit}}': `sum by (limit) (${rate('factory_ledger_requests_limited_total')}) or vector(0)`,
    }),
  ],
  'Read models': [
    lines('Events projected', 'reqps', { events: `sum(${rate('factory_ledger_projector_events_total')})` }),
    lines('A batch of the projector', 's', {
      p50: quantile(0.5, 'factory_ledger_projector_batch_seconds'),
      p99: quantile(0.99, 'factory_ledger_projector_batch_seconds'),
    }),
    lines('Lag', 's', { '{{instance}}': 'factory_ledger_projection_lag_seconds' }),
  ],
  Webhooks: [
    lines('Attempts by outcome', 'reqps', {
      '{{outcome}}': `sum by (outcome) (${rate('factory_ledger_webhook_attempts_total')}) or vector(0)`,
    }),
    lines('From recording to delivery, p99', 's', {
      p99: `${quantile(0.99, 'factory_ledger_webhook_delay_seconds')} or vector(0)`,
    }),
    lines('Disabled by the sender', 'none', {
      '{{reason}}': 'sum by (reason) (factory_ledger_webhooks_disabled_total) or vector(0)',
    }),
    lines('Inactive by the sender', 'none', {
      '{{reason}}': 'max by (ledger, reason) (factory_ledger_disabled_webhooks) or vector(0)',
    }),
  ],
  Payments: [
    lines('Orders under way', 'none', {
      '{{step}}': 'sum by (step) (factory_ledger_payment_orders) or vector(0)',
    }),
    lines('Answers of the gateway', 'reqps', {
      '{{call}} {{status}}': `sum by (call, status) (${rate('factory_ledger_payment_gateway_answers_total')}) or vector(0)`,
    }),
    lines('Answers that wait for the ledger', 'none', {
      '{{ledger}}': 'max by (ledger) (factory_ledger_payment_commands_waiting) or vector(0)',
    }),
  ],
  'Waiting queues': [
    lines('Tickets', 'none', {
      '{{flash_sale}} {{state}}': 'max by (flash_sale, state) (factory_ledger_queue_tickets) or vector(0)',
    }),
    lines('Since the last look', 's', {
      '{{flash_sale}}': 'time() - max by (flash_sale) (factory_ledger_queue_looked_timestamp_seconds) or vector(0)',
    }),
  ],
  'Log and proof': [
    lines('A commit of the embedded store', 's', {
      p50: quantile(0.5, 'factory_ledger_store_commit_seconds'),
      p99: quantile(0.99, 'factory_ledger_store_commit_seconds'),
    }),
    lines('Appends that share a commit', 'none', { mean: mean('factory_ledger_store_commit_appends') }),
    lines('Events without a checkpoint', 'short', { '{{ledger}}': 'max by (ledger) (factory_ledger_unsigned_events)' }),
    lines('Age of the newest backup, of the last drill and of the copy of the log', 's', {
      backup: 'time() - max(factory_ledger_backup_timestamp_seconds)',
      drill: 'time() - max(factory_ledger_drill_timestamp_seconds)',
      'copy of the log': 'min(factory_ledger_copy_lag_seconds)',
    }),
    lines('Free disk', 'bytes', { '{{job}} {{instance}}': 'factory_ledger_disk_free_bytes' }),
    lines('Until the certificate ends', 's', {
      '{{instance}}': '(factory_ledger_certificate_expires_timestamp_seconds - time()) or vector(0)',
    }),
  ],
  Processes: [
    lines('Instances that hear each other', 'none', { '{{instance}}': 'factory_ledger_instances_alive' }),
    lines('CPU', 'percentunit', { '{{job}} {{instance}}': rate('process_cpu_seconds_total') }),
    lines('Memory', 'bytes', { '{{job}} {{instance}}': 'process_resident_memory_bytes' }),
    lines('Clocks, beside that of Prometheus', 's', {
      '{{instance}}': 'abs(factory_ledger_clock_timestamp_seconds - timestamp(factory_ledger_clock_timestamp_seconds))',
    }),
    lines('Event loop, p99', 's', { '{{job}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds' }),
  ],
};

function lines(title: string, unit: Unit, queries: Record<string, string>): Shown {
  return { title, unit, queries };
}
function stat(title: string, unit: Unit, queries: Record<string, string>): Shown {
  return { title, unit, queries, is_stat: true };
}

export function dashboard(): Dashboard {
  const builder = new DashboardBuilder('factory-ledger')
    .uid('factory-ledger')
    .tags(['factory-ledger'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const [row, panels] of Object.entries(ROWS)) {
    builder.withRow(new RowBuilder(row));
    for (const panel of panels) builder.withPanel(panelOf(panel));
  }
  return builder.build();
}

function panelOf({ title, unit, queries, is_stat }: Shown) {
  const panel = is_stat ? new StatBuilder().span(4).height(4) : new PanelBuilder().span(8).height(8);
  panel.title(title).unit(unit).min(0).datasource({ type: 'prometheus', uid: '$datasource' });
  for (const [legend, query] of Object.entries(queries))
    panel.withTarget(new DataqueryBuilder().expr(query).legendFormat(legend));
  return panel;
}

/** Every query of the board, by its panel. */
export function queriesOfDashboard(): { panel: string; query: string }[] {
  return Object.values(ROWS)
    .flat()
    .flatMap(({ title, queries }) => Object.values(queries).map((query) => ({ panel: title, query })));
}

export const DASHBOARD_FILE = new URL('dashboard.json', import.meta.url);
export const dashboardText = (): string => `${JSON.stringify(dashboard(), undefined, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(DASHBOARD_FILE, dashboardText());
