import { Histogram, Registry } from 'prom-client';
import { showDisk } from '../../libs/process/metrics-endpoint.js';

export function eventStoreMetrics(data_dir?: string): {
  registry: Registry;
  observeCommit(appends: number, took_ms: number): void;
} {
  const registry = new Registry();
  const registers = [registry];
  if (data_dir !== undefined) showDisk(registry, data_dir);
  const commits = new Histogram({
    name: 'factory_ledger_store_commit_seconds',
    help: 'A transaction of the event store, its fsync included.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  });
  const sizes = new Histogram({
    name: 'factory_ledger_store_commit_appends',
    help: 'Appends that share a transaction.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 500, 1000],
    registers,
  });
  return {
    registry,
    observeCommit(appends, took_ms) {
      commits.observe(took_ms / 1000);
      sizes.observe(appends);
    },
  };
}
