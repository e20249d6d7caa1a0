/** Names of the streams that this system writes; every other module asks here. */

export const SECURITY_STREAM = 'security';
/** Security events are read, chained and signed as one more ledger under this name, which no ledger can have. */
export const SECURITY_BOOK = '@security';
/** An event written here tells the log's time. */
export const CLOCK_STREAM = 'clock';

const LEDGER = 'ledger-';
const CHECKPOINTS = 'checkpoints-';
const HALTS = 'halts-';

export const BOOK_PREFIXES = [LEDGER, SECURITY_STREAM];
/** Of the streams that prove the books, and so are kept, copied and checked for rights. */
export const RECORD_PREFIXES = [LEDGER, CHECKPOINTS, SECURITY_STREAM];

/** Of a ledger, or of SECURITY_BOOK. */
export function ledgerStream(ledger_id: string): string {
  return ledger_id === SECURITY_BOOK ? SECURITY_STREAM : `${LEDGER}${ledger_id}`;
}
export function checkpointStream(ledger_id: string): string {
  return `${CHECKPOINTS}${ledger_id}`;
}
export function haltStream(ledger_id: string): string {
  return `${HALTS}${ledger_id}`;
}

export function isBook(stream: string): boolean {
  return stream === SECURITY_STREAM || stream.startsWith(LEDGER);
}
/** The inverse of `ledgerStream`. */
export function bookOf(stream: string): string {
  return stream === SECURITY_STREAM ? SECURITY_BOOK : stream.slice(LEDGER.length);
}
/** Whether the stream proves the books. */
export function isRecord(stream: string): boolean {
  return isBook(stream) || stream.startsWith(CHECKPOINTS);
}
