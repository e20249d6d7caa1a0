/** What every request and answer passes: key, position, retries, errors. */
import { type Client, createClient, createConfig } from './generated/client/index.js';
import { login } from './generated/sdk.gen.js';
import { isProblemDocument, LedgerError } from './problems.js';

export interface Connection {
  /** Such as https://ledger.example. */
  url: string;
  /** A user's token or an API key; a function is asked before each request. */
  token?: string | (() => string | Promise<string>);
  /** Default: main. */
  ledger?: string;
  /** After 429 and 503, and after a lost connection where that is safe. Default: 5. */
  retries?: number;
  fetch?: typeof globalThis.fetch;
}

/** These take no idempotency key: what was sent and not answered is not sent again. */
export const WITHOUT_KEY =
  /^\w+ \/api\/v1\/(audit|projections|auth\/(?!factors\/recovery-codes))|^(PATCH|DELETE) \/api\/v1\/(users|api-keys)\b|^DELETE \/api\/v1\/webhooks\b/;
const STREAM = /\/api\/v1\/stream\//;
const RETRY_MS_MAX = 30_000;

/**
 * Each command gets an Idempotency-Key, which its retries share, unless the call names one in its headers. Each read sees what was written
 * through this client before it. What is refused is thrown as a LedgerError.
 */
export function connect({ url, token, ledger = 'main', retries = 5, fetch = globalThis.fetch }: Connection): Client {
  const positions = new Map<string, number>();
  const client = createClient(
    createConfig({
      baseUrl: url,
      auth: () => (typeof token === 'function' ? token() : token),
      headers: { Ledger: ledger },
      throwOnError: true,
      responseStyle: 'data',
      fetch: async (input: Parameters<typeof globalThis.fetch>[0], init?: RequestInit) => {
        const request = new Request(input, init);
        const of_ledger = request.headers.get('Ledger') ?? ledger;
        const is_safe = prepare(request, positions.get(of_ledger));
        const response = await sendUntilAnswered(request, { retries, is_safe, fetch });
        const position = Number(response.headers.get('Ledger-Position') ?? -1);
        if (position > (positions.get(of_ledger) ?? -1)) positions.set(of_ledger, position);
        if (!response.ok && STREAM.test(request.url)) throw await refusalOf(response);
        return response;
      },
    }),
  );
  client.interceptors.error.use(asError);
  return client;
}

/** @throws LedgerError, also of a session that waits for a step such as a second factor */
export async function signIn({
  username,
  password,
  ...connection
}: Omit<Connection, 'token'> & { username: string; password: string }): Promise<Client> {
  const session = await login({ client: connect(connection), body: { username, password } });
  if (session.next_step !== undefined) throw new Error(`Signing in needs another step: ${session.next_step}.`);
  return connect({ ...connection, token: session.access_token });
}

/** What is generated for streams does not read what a refusal says. */
async function refusalOf(response: Response): Promise<unknown> {
  const text = await response.text();
  const is_json = response.headers.get('content-type')?.includes('json');
  return asError(is_json ? JSON.parse(text) : text, response);
}

/** A problem, what a proxy answers, or a connection that is lost. */
function asError(error: unknown, response: Response | undefined): unknown {
  if (isProblemDocument(error)) return new LedgerError(error);
  return response === undefined || error instanceof Error
    ? error
    : new Error(`The answer was ${response.status}: ${error}`);
}

/** Whether it can be sent again without an answer. */
function prepare(request: Request, position: number | undefined): boolean {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === 'GET') {
    if (position !== undefined && !searchParams.has('min_position') && !request.headers.has('Ledger-Position'))
      request.headers.set('Ledger-Position', `${position}`);
    return true;
  }
  if (WITHOUT_KEY.test(`${request.method} ${pathname}`)) return false;
  if (!request.headers.has('Idempotency-Key')) request.headers.set('Idempotency-Key', crypto.randomUUID());
  return true;
}

interface Sending {
  retries: number;
  is_safe: boolean;
  fetch: typeof globalThis.fetch;
}

async function sendUntilAnswered(request: Request, { retries, is_safe, fetch }: Sending): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const is_last = tries >= retries;
    try {
      const response = await fetch(is_last ? request : request.clone());
      if (is_last || (response.status !== 429 && response.status !== 503)) return response;
      await response.body?.cancel();
      await pause(Number(response.headers.get('Retry-After')) * 1000, tries, request.signal);
    } catch (error) {
      if (is_last || !is_safe || request.signal.aborted) throw error;
      await pause(0, tries, request.signal);
    }
  }
}

/** At least as long as was asked for; spread, so that clients do not come back all at once. @throws the signal's reason */
export function pause(asked_ms: number, tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(RETRY_MS_MAX, asked_ms || 100 * 2 ** tries) * (1 + Math.random() / 4);
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    signal.addEventListener('abort', leave);
  });
}
