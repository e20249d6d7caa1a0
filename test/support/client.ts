/** The typed client as programs use it, whose every answer is held to the OpenAPI document. */
import { type AnyProblem, type Approval, type Client, LedgerError, signIn } from '../../libs/client/index.js';
import { complaintsAbout, type OpenApi, operationAt, readContract } from './contract.js';
import type { System } from './system.js';

/** Sends nothing again: a spec sees each answer. */
export async function programOf(
  { url, admin }: System,
  { username, password }: { username: string; password: string } = admin,
): Promise<Client> {
  return signIn({ url, username, password, retries: 0, fetch: heldFetch(await readContract(url)) });
}

/** Of a command that does not wait for an approval. */
export function documentOf<D extends { kind: string }>(answer: D | Approval): D {
  if (answer.kind === 'approval') throw new Error(`${answer.kind} waits`);
  return answer as D;
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

/** @throws for an answer that the document does not say */
function heldFetch(document: OpenApi): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    const type = response.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) return response;
    const text = await response.clone().text();
    const { pathname, searchParams } = new URL(request.url);
    const found = operationAt(document, request.method, pathname);
    const body = /[/+]json/.test(type) && text !== '' ? JSON.parse(text) : text;
    const { status, headers } = response;
    const is_dry = searchParams.get('dry_run') === 'true';
    const complaints = [
      ...(found === undefined
        ? ['no such operation']
        : complaintsAbout(document, found.operation, { status, headers, body })),
      ...(response.ok && is_dry && status !== 200 ? ['a dry run that was carried out'] : []),
    ];
    if (complaints.length > 0)
      throw new Error(`${request.method} ${pathname} ${status}: ${complaints.join('; ')}\n${text}`);
    return response;
  };
}
