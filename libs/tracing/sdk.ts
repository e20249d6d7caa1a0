/** Loaded only where traces are sent. The SDK itself reads the endpoint, its headers and timeouts from the environment; the rest is read here. */
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

export interface Sdk {
  api: typeof api;
  tracer: api.Tracer;
  stop(): Promise<void>;
}

const STOP_MS_MAX = 2000;
const SAY_EVERY_MS = 60_000;

export function startSdk(service: string, env: NodeJS.ProcessEnv, log: (line: string) => void): Sdk {
  sayTroubles(log);
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol && protocol !== 'http/protobuf')
    log(`OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: traces are sent by http/protobuf all the same`);
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new TracerProvider({
    sampler: samplerOf(env, log),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...batchesOf(env) })],
  });
  return {
    api,
    tracer: provider.getTracer('factory-ledger'),
    stop: () => within(STOP_MS_MAX, provider.shutdown()),
  };
}

/** A collector that is away must not fill the log. */
function sayTroubles(log: (line: string) => void): void {
  let said_ms = Number.NEGATIVE_INFINITY;
  const say = (message: string) => {
    if (performance.now() - said_ms < SAY_EVERY_MS) return;
    said_ms = performance.now();
    log(`traces: ${message}`);
  };
  const none = () => {};
  api.diag.setLogger({ error: say, warn: say, info: none, debug: none, verbose: none }, api.DiagLogLevel.WARN);
}

/** As the specification names them; without OTEL_TRACES_SAMPLER all, unless a client says no. */
function samplerOf(env: NodeJS.ProcessEnv, log: (line: string) => void): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || 'parentbased_always_on';
  const given = Number(env.OTEL_TRACES_SAMPLER_ARG || '1');
  const ratio = given >= 0 && given <= 1 ? given : 1;
  if (ratio !== given) log(`OTEL_TRACES_SAMPLER_ARG is ${given}, but must be from 0 to 1: taking 1`);
  const roots: Record<string, Sampler> = {
    always_on: new AlwaysOnSampler(),
    always_off: new AlwaysOffSampler(),
    traceidratio: new TraceIdRatioBasedSampler(ratio),
  };
  const root = roots[name.replace('parentbased_', '')];
  if (root === undefined) log(`OTEL_TRACES_SAMPLER is ${name}, which is not known: taking parentbased_always_on`);
  if (root !== undefined && !name.startsWith('parentbased_')) return root;
  return new ParentBasedSampler({ root: root ?? roots.always_on! });
}

function batchesOf(env: NodeJS.ProcessEnv) {
  const number = (text: string | undefined) => (text && Number(text) > 0 ? Number(text) : undefined);
  return {
    scheduledDelayMillis: number(env.OTEL_BSP_SCHEDULE_DELAY),
    exportTimeoutMillis: number(env.OTEL_BSP_EXPORT_TIMEOUT),
    maxQueueSize: number(env.OTEL_BSP_MAX_QUEUE_SIZE),
    maxExportBatchSize: number(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE),
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  await Promise.race([work.catch(() => {}), over.promise]);
  clearTimeout(timer);
}
