/** The typed client as programs use it, whose every answer is held to the OpenAPI document. */
import {
  type AnyProblem,
  type Approval,
  type Client,
  type Connection,
  connect,
  createUser,
  LedgerError,
  messagesOf,
  type Role,
  rowsOf,
  signIn,
} from '../../libs/client/index.js';
import { complaintsAbout, type OpenApi, type Operation, operationAt, parametersOf, readContract } from './contract.js';
import type { System } from './system.js';

type Credentials = { username: string; password: string };

interface ProgramOptions {
  ledger?: string;
  /** Shared by several programs, of which each then reads what any of them wrote. */
  seen?: Seen;
}
/** The last position of each ledger. */
export type Seen = Map<string, number>;

/** Sends nothing again: a spec sees each answer. */
export async function programOf(
  { url, admin }: Pick<System, 'url' | 'admin'>,
  user: Credentials = admin,
  options: ProgramOptions = {},
): Promise<Client> {
  return signIn({ ...(await connectionTo(url, options)), ...user });
}

/** With the token of a session that there is. */
export async function programWith(
  token: string,
  { url }: Pick<System, 'url'>,
  options: ProgramOptions = {},
): Promise<Client> {
  return connect({ ...(await connectionTo(url, options)), token });
}

async function connectionTo(url: string, { ledger, seen = new Map() }: ProgramOptions): Promise<Connection> {
  return { url, ledger, retries: 0, fetch: heldFetch(await contractOf(url), seen) };
}

/** Of a user that `admin` makes. */
export async function programOfNew(
  system: System,
  admin: Client,
  user: { username: string; role: Role; ledger_id?: string },
  options: ProgramOptions = {},
): Promise<Client> {
  const password = 'correct horse';
  await createUser({ client: admin, body: { ...user, password, password_is_chosen: true } });
  return programOf(system, { ...user, password }, options);
}

/** Of a command that does not wait for an approval. */
export function documentOf<D extends { kind: string }>(answer: D | Approval): D {
  if (answer.kind === 'approval') throw new Error(`${answer.kind} waits`);
  return answer as D;
}

/** Of a command that waits for one. */
export function approvalOf(answer: { kind: string }): Approval {
  if (answer.kind !== 'approval') throw new Error(`${answer.kind} does not wait`);
  return answer as Approval;
}

export async function everyRow<R>(...[pageAfter]: Parameters<typeof rowsOf<R>>): Promise<R[]> {
  const rows: R[] = [];
  for await (const row of rowsOf(pageAfter)) rows.push(row);
  return rows;
}

export async function refusalOf(call: Promise<unknown>): Promise<AnyProblem> {
  try {
    await call;
  } catch (error) {
    if (error instanceof LedgerError) return error.problem;
    throw error;
  }
  throw new Error('It was not refused.');
}

export interface Followed<M> {
  readonly messages: M[];
  /** Reads on until a message passes, which is returned. */
  until(passes: (message: M) => boolean): Promise<M>;
  close(): void;
}
/** Of a stream of the typed client. */
export function follow<M extends object>(open: Parameters<typeof messagesOf<M>>[0]): Followed<M> {
  const leaving = new AbortController();
  const stream = messagesOf(open, leaving.signal);
  const messages: M[] = [];
  return {
    messages,
    async until(passes) {
      const known = messages.find(passes);
      if (known !== undefined) return known;
      for (;;) {
        const { value, done } = await stream.next();
        if (done) throw new Error('The stream was left.');
        messages.push(value);
        if (passes(value)) return value;
      }
    },
    close: () => leaving.abort(),
  };
}

const contracts = new Map<string, Promise<OpenApi>>();
function contractOf(url: string): Promise<OpenApi> {
  const contract = contracts.get(url) ?? readContract(url);
  contracts.set(url, contract);
  return contract;
}

export class UndocumentedAnswer extends Error {}

/** @throws UndocumentedAnswer */
function heldFetch(document: OpenApi, seen: Seen): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const ledger = request.headers.get('Ledger')!;
    const position = seen.get(ledger);
    if (request.method === 'GET' && position !== undefined) request.headers.set('Ledger-Position', `${position}`);
    const response = await fetch(request);
    const answered = response.headers.get('Ledger-Position');
    if (answered !== null) seen.set(ledger, Math.max(seen.get(ledger) ?? 0, Number(answered)));
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return response;
    const text = await response.clone().text();
    const { pathname, searchParams } = new URL(request.url);
    const operation = operationAt(document, request.method, pathname)?.operation;
    const body = /[/+]json/.test(type) && text !== '' ? JSON.parse(text) : text;
    const { status, headers } = response;
    const is_dry = searchParams.get('dry_run') === 'true';
    const complaints =
      operation === undefined
        ? ['no such operation']
        : [
            ...complaintsAbout(document, operation, { status, headers, body }),
            ...(response.ok && is_dry && status !== 200 ? ['a dry run that was carried out'] : []),
            ...(status === 200 && !is_dry && saysWhetherRecorded(document, operation) ? ['as if it were dry'] : []),
          ];
    if (complaints.length > 0)
      throw new UndocumentedAnswer(`${request.method} ${pathname} ${status}: ${complaints.join('; ')}\n${text}`);
    return response;
  };
}

/** 200 is the answer to a dry run alone. */
function saysWhetherRecorded(document: OpenApi, operation: Operation): boolean {
  const { responses } = operation;
  if (responses[201] === undefined && responses[202] === undefined) return false;
  return parametersOf(document, operation).some(({ name }) => name === 'dry_run');
}
