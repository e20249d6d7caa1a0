import { Counter, Histogram, Registry } from 'prom-client';

export function projectorMetrics(): { registry: Registry; observeBatch(events: number, took_ms: number): void } {
  const registry = new Registry();
  const registers = [registry];
  const batches = new Histogram({
    name: 'factory_ledger_projector_batch_seconds',
    help: 'From reading a batch of events to the commit of its rows.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const events_total = new Counter({
    name: 'factory_ledger_projector_events_total',
    help: 'Events whose rows are committed.',
    registers,
  });
  return {
    registry,
    observeBatch(events, took_ms) {
      batches.observe(took_ms / 1000);
      events_total.inc(events);
    },
  };
}
