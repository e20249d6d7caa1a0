/** The API, as a verb talks to it. */
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CannotDo } from './verb.js';

export const API_HELP = `  --url       where the API is (default: http://127.0.0.1:3000)
  --username  the user that records, with the password in the environment variable FACTORY_LEDGER_PASSWORD;
              without it the environment variable FACTORY_LEDGER_KEY holds an API key
  --ledger    the ledger (default: main)`;

/** @param username without it: an API key from the environment */
export async function authorizationOf(url: string, username: string | undefined): Promise<string> {
  return `Bearer ${username === undefined ? keyGiven() : await signIn(url, username)}`;
}

function keyGiven(): string {
  const key = process.env.FACTORY_LEDGER_KEY;
  if (!key) throw new CannotDo('Name the user by --username, or set FACTORY_LEDGER_KEY to an API key.');
  return key;
}

async function signIn(url: string, username: string): Promise<string> {
  const password = process.env.FACTORY_LEDGER_PASSWORD;
  if (!password) throw new CannotDo(`Set FACTORY_LEDGER_PASSWORD to the password of ${username}.`);
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
  } catch (error) {
    throw new CannotDo(`The API does not answer at ${url}: ${reasonOf(error)}.`);
  }
  const answer = (await response.json()) as { access_token?: string; next_step?: string; detail?: string };
  if (answer.access_token === undefined) throw new CannotDo(`Signing in as ${username} failed: ${answer.detail}`);
  if (answer.next_step !== undefined) throw new CannotDo(`${username} must change the password first.`);
  return answer.access_token;
}

/** fetch cannot read an answer while it sends; node:http can. */
export function openPost(url: string, path: string, headers: Record<string, string>): ClientRequest {
  const address = new URL(path, url);
  const open = address.protocol === 'https:' ? httpsRequest : httpRequest;
  return open(address, { method: 'POST', headers });
}

export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

export function detailOf(body: string): string {
  try {
    return (JSON.parse(body) as { detail: string }).detail;
  } catch {
    return body;
  }
}
