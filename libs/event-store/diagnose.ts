import { readFileSync } from 'node:fs';
import { connect, type SecureClientSessionOptions } from 'node:http2';
import { ErrorType } from '@eventstore/db-client';
import { commandError } from './client.js';
import { addressesOf, type Host } from './cluster.js';
import { AccessRefused, type EventStore } from './event-store.js';
import { connectEventStore } from './eventstoredb.js';
import { checkpointStream, ledgerStream, SECURITY_STREAM } from './streams.js';

export interface Trouble {
  sentence: string;
  passes: boolean;
}

const ANSWER_MS_MAX = 2_500;

/** Undefined where the server lets the user read and append. */
export async function troubleWithEventStore(url: string): Promise<Trouble | undefined> {
  const file = option(url, 'tlsCAFile');
  let store: EventStore;
  try {
    if (file !== undefined) readFileSync(file);
    store = connectEventStore({ url });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what =
      code === undefined
        ? `EVENTSTORE_URL cannot be used: ${message}`
        : `The file ${file} of tlsCAFile cannot be read (${code})`;
    return { sentence: `${what.replace(/\.$/, '')}.`, passes: false };
  }
  try {
    await store.ping(ANSWER_MS_MAX);
    await checkRights(store);
    return undefined;
  } catch (error) {
    const { hosts } = addressesOf(url);
    if (error instanceof AccessRefused)
      return { sentence: `The event store ${hosts.join(', ')} refuses us: ${error.message}`, passes: false };
    const found: Trouble[] = [];
    for (const host of hosts) {
      const trouble = await troubleWithHost(host, url);
      if (trouble === undefined)
        return {
          sentence: `The event store ${host} answers, but not yet as a leader (${(error as Error).message}).`,
          passes: true,
        };
      found.push(trouble);
    }
    return found.find(({ passes }) => passes) ?? found[0];
  } finally {
    await store.close();
  }
}

/** At a revision that no stream has: a server that grants the right answers with a conflict. */
async function checkRights(store: EventStore): Promise<void> {
  for (const stream of [ledgerStream('main'), checkpointStream('main'), SECURITY_STREAM]) {
    const event = { id: crypto.randomUUID(), type: 'RightsChecked', data: {}, metadata: {} };
    const result = await store.append(stream, Number.MAX_SAFE_INTEGER, [event]);
    // A deleted stream is rejected, too: that ledger is halted, others go on.
    if (result.outcome === 'rejected' && result.reason === ErrorType.ACCESS_DENIED)
      throw new AccessRefused(
        `its user may not append to the stream ${stream} (${result.reason}): make it a member of $admins.`,
      );
    if (result.outcome === 'unknown') throw new Error(result.reason);
  }
  try {
    for await (const _ of store.readAll(undefined, { stream_prefixes: [SECURITY_STREAM] })) break;
  } catch (error) {
    if (commandError(error)?.type !== ErrorType.ACCESS_DENIED) throw error;
    throw new AccessRefused('its user may not read $all: make it a member of $admins.');
  }
}

function troubleWithHost(host: Host, url: string): Promise<Trouble | undefined> {
  const tls = option(url, 'tls') !== 'false';
  const at = `The event store at ${host}`;
  const file = option(url, 'tlsCAFile');
  const ca = tls && file !== undefined ? readFileSync(file) : undefined;
  return probe(host, tls, ca).then(async (code) => {
    switch (code) {
      case undefined:
        return undefined;
      case 'ENOTFOUND':
        return { sentence: `The name of the event store ${host} is not known: correct EVENTSTORE_URL.`, passes: false };
      case 'ECONNREFUSED':
        return {
          sentence: `Nothing listens at ${host}, where the event store should be (EVENTSTORE_URL).`,
          passes: true,
        };
      case 'silent':
        return tls || (await probe(host, true, undefined, false)) !== undefined
          ? { sentence: `${at} takes connections and says nothing.`, passes: true }
          : { sentence: `${at} speaks TLS: put tls=true into EVENTSTORE_URL.`, passes: false };
      case 'CERT_HAS_EXPIRED':
        return { sentence: `${at} has an expired certificate: renew it.`, passes: false };
      case 'ERR_TLS_CERT_ALTNAME_INVALID':
        return {
          sentence: `${at} has a certificate for another name: use that name in EVENTSTORE_URL.`,
          passes: false,
        };
      case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      case 'SELF_SIGNED_CERT_IN_CHAIN':
      case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
        return {
          sentence: `${at} has a certificate of an authority that is not trusted (${code}): name the authority's file by tlsCAFile in EVENTSTORE_URL, or add it to the system's authorities.`,
          passes: false,
        };
      default:
        if (!tls && (await probe(host, true, undefined, false)) === undefined)
          return { sentence: `${at} speaks TLS: put tls=true into EVENTSTORE_URL.`, passes: false };
        if (tls && (await probe(host, false)) === undefined)
          return { sentence: `${at} does not speak TLS: put tls=false into EVENTSTORE_URL.`, passes: false };
        return {
          sentence: `At ${host} something answers that is no event store (${code}): correct EVENTSTORE_URL.`,
          passes: false,
        };
    }
  });
}

/** Undefined where the host speaks HTTP/2, else the error's code, or `silent`. */
function probe(host: Host, tls: boolean, ca?: Buffer, rejectUnauthorized = true): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const options: SecureClientSessionOptions = { ca, rejectUnauthorized };
  const session = connect(`${tls ? 'https' : 'http'}://${host}`, options);
  const timer = setTimeout(() => resolve('silent'), ANSWER_MS_MAX);
  session.once('remoteSettings', () => resolve(undefined));
  session.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  session.once('close', () => resolve('closed'));
  return promise.finally(() => {
    clearTimeout(timer);
    session.destroy();
  });
}

function option(url: string, name: string): string | undefined {
  const query = url.slice(url.indexOf('?') + 1);
  for (const [key, value] of new URLSearchParams(url.includes('?') ? query : ''))
    if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}
