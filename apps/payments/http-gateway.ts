/** A gateway over HTTP, by the contract in docs/flash-sales.md. Each call is repeated a little, behind a circuit breaker. */
import {
  BrokenCircuitError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  wrap,
} from 'cockatiel';
import { answerIn } from '../../libs/payment-process/charge-document.js';
import type { Charge, GatewayAnswer, PaymentGateway } from '../../libs/payment-process/gateway.js';
import { traceparentOf } from '../../libs/tracing/traceparent.js';
import { openSpan } from '../../libs/tracing/tracing.js';

export interface HttpGatewayOptions {
  url: string;
  /** Bearer token. */
  api_key: string;
  log: (line: string) => void;
  onAnswer?: (call: keyof PaymentGateway, status: GatewayAnswer['status'] | 'broken') => void;
  timeout_ms?: number;
}

const TIMEOUT_MS = 10_000;
const CALLS_MAX = 64;
/** Further repeats are the process's: it asks first what became of the call. */
const REPEATS = 1;
const FAILURES_TO_BREAK = 5;
const HALF_OPEN_AFTER_MS = 1000;
const HALF_OPEN_AFTER_MS_MAX = 15_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** The gateway failed, or said that it is overloaded: nothing is known, and the same call may be repeated. */
class GatewayFailure extends Error {}

export class HttpGateway implements PaymentGateway {
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: new ExponentialBackoff({ initialDelay: HALF_OPEN_AFTER_MS, maxDelay: HALF_OPEN_AFTER_MS_MAX }),
    breaker: new ConsecutiveBreaker(FAILURES_TO_BREAK),
  });
  private readonly policy = wrap(
    bulkhead(CALLS_MAX, Number.MAX_SAFE_INTEGER),
    retry(
      handleWhen((error) => !(error instanceof BrokenCircuitError)),
      {
        maxAttempts: REPEATS,
        backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1000 }),
      },
    ),
    this.breaker,
  );

  constructor(private readonly options: HttpGatewayOptions) {
    this.breaker.onBreak((reason) =>
      options.log(`the gateway does not answer: ${'error' in reason ? (reason.error as Error).message : 'isolated'}`),
    );
    this.breaker.onReset(() => options.log('the gateway answers again'));
  }

  state(): 'closed' | 'half_open' | 'open' {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'half_open' : 'open';
  }

  charge(charge: Charge): Promise<GatewayAnswer> {
    const { key, amount, currency, payment_reference } = charge;
    return this.ask('charge', charge, 'charges', { key, amount: Number(amount), currency, payment_reference });
  }
  query(charge: Charge): Promise<GatewayAnswer> {
    return this.ask('query', charge, `charges/${encodeURIComponent(charge.key)}`);
  }
  async refund(charge: Charge): Promise<GatewayAnswer> {
    const answer = await this.ask('refund', charge, `charges/${encodeURIComponent(charge.key)}/refund`, {});
    if (answer.status === 'refunded' || answer.status === 'unclear') return answer;
    return { status: 'unclear', reason: `the refund is ${answer.status}` };
  }

  private async ask(
    call: keyof PaymentGateway,
    charge: Charge,
    path: string,
    body?: Record<string, unknown>,
  ): Promise<GatewayAnswer> {
    const { onAnswer = () => {} } = this.options;
    const span = charge.trace && openSpan(`gateway ${call}`, { parent: charge.trace, kind: 'client' });
    const traced = { ...charge, trace: span?.trace ?? charge.trace };
    try {
      const answer = await this.policy.execute(() => this.send(traced, path, body));
      onAnswer(call, answer.status);
      span?.end({ 'factory_ledger.outcome': answer.status });
      return answer;
    } catch (error) {
      onAnswer(call, 'broken');
      span?.end({ 'factory_ledger.outcome': 'broken' }, { is_failed: true });
      return { status: 'unclear', reason: (error as Error).message };
    }
  }

  private async send(charge: Charge, path: string, body?: Record<string, unknown>): Promise<GatewayAnswer> {
    const { url, api_key, timeout_ms = TIMEOUT_MS } = this.options;
    const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'error',
      headers: {
        authorization: `Bearer ${api_key}`,
        accept: 'application/json',
        ...(charge.trace !== undefined && { traceparent: traceparentOf(charge.trace) }),
        ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': charge.key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeout_ms),
    });
    const text = await textOf(response);
    if (response.status === 404) return { status: 'not_found' };
    if (response.status === 429 || response.status >= 500)
      throw new GatewayFailure(`the gateway answers ${response.status}`);
    if (!response.ok) return { status: 'unclear', reason: `the gateway refuses with ${response.status}` };
    return answerIn(parsed(text), charge);
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new GatewayFailure('the answer of the gateway is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
