/**
 * What a request asks of the system, in the order in which it is worth an answer under overload. By method and path alone, so that it is known
 * before anything else of a request is looked at.
 */
export const LOAD_CLASSES = ['operations', 'command', 'query', 'stream', 'report', 'export'] as const;
export type LoadClass = (typeof LOAD_CLASSES)[number];

const OPERATIONS = /^(?:\/api\/v1)?\/(?:health\/(?:live|ready)|metrics)(?:$|\?)/;
const AUDIT = '/api/v1/audit/';
/** Open until their client or this instance leaves. */
const STREAM = /^\/api\/v1\/stream\//;
/** Of many events or rows at once. */
const EXPORT = /^\/api\/v1\/audit\/(?:export|verifications|state)/;
/** Of many commands, which each take their place in the ledger's queue. */
const IMPORT = /^\/api\/v1\/imports(?:$|[/?])/;
const REPORT = /^\/api\/v1\/(?:reports\/|dashboard|trial-balance|audit\/)/;

const REPORTS = /^\/api\/v1\/reports\//;
/** All pages of a list. */
const TABLE = /[?&]format=csv(?:$|&)/;

export function loadClassOf(method: string, asked_url: string): LoadClass {
  const url = asked_url.includes('%') ? decoded(asked_url) : asked_url;
  // First, since it is a sale.
  if (method !== 'GET' && method !== 'HEAD' && !url.startsWith(AUDIT)) return IMPORT.test(url) ? 'export' : 'command';
  if (OPERATIONS.test(url)) return 'operations';
  if (STREAM.test(url)) return 'stream';
  if (EXPORT.test(url)) return 'export';
  if (TABLE.test(url) && !REPORTS.test(url)) return 'export';
  return REPORT.test(url) ? 'report' : 'query';
}

/** As the router reads it: %72eports are reports. */
function decoded(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
