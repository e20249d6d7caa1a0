/**
 * Requests by hand, for what no program sends through the typed client (client.ts) or sees there: bad input, limits, headers and tags, replays of
 * a key, batches and tables, frames of streams, and walks over all routes.
 */
/** No retries. */
export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: specs look into answers of every shape.
  body: any;
}

export interface Client {
  token: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  send(
    method: string,
    path: string,
    body: RequestInit['body'] | undefined,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

/** `path`: below /api/v1. @throws only without any answer */
export function clientOf(base: string, token: string): Client {
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { ...(token !== '' && { authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    });
    const type = response.headers.get('content-type') ?? '';
    const is_endless = type.startsWith('text/event-stream');
    if (is_endless) await response.body?.cancel();
    const text = is_endless ? '' : await response.text();
    const json = /[/+]json/.test(type);
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text };
  };
  const json =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      body === undefined
        ? send(method, path, undefined, headers)
        : send(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  return {
    token,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: json('POST'),
    patch: json('PATCH'),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
  };
}

export async function login(
  base: string,
  { username, password }: { username: string; password: string },
): Promise<Client> {
  const answer = await clientOf(base, '').post('/auth/login', { username, password });
  if (answer.status !== 200 && answer.status !== 201)
    throw new Error(`login as ${username}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return clientOf(base, answer.body.access_token);
}

/** Makes a user, whose password is `correct horse` by default, and signs them in. */
export async function newUser(
  base: string,
  admin: Client,
  user: { username: string; role: string; ledger_id?: string; password?: string },
): Promise<Client> {
  const { username, password = 'correct horse' } = user;
  expectStatus(await admin.post('/users', { ...user, password, password_is_chosen: true }), 201);
  return login(base, { username, password });
}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status)
    throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

export async function stockUp(client: Client, pieces: number, item_id = 'bottle'): Promise<void> {
  expectStatus(await client.post('/items', { item_id, name: 'Bottle', kind: 'bottle' }), 201);
  expectStatus(await client.post('/suppliers', { supplier_id: 'SUP', name: 'Supplier' }), 201);
  expectStatus(await client.post('/customers', { customer_id: 'CUST', name: 'Customer' }), 201);
  const line_items = [{ item_id, quantity: pieces, unit_price: 3.5 }];
  expectStatus(await client.post('/purchases', { supplier_id: 'SUP', line_items }), 201);
}
