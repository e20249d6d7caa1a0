/** Signatures of call-backs, by the Standard Webhooks scheme: HMAC-SHA256 of "id.timestamp.body". */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedHeaders {
  'webhook-id': string;
  /** Seconds since 1970. */
  'webhook-timestamp': string;
  /** One or several "v1,BASE64", with spaces between. */
  'webhook-signature': string;
}

const TOLERANCE_S = 300;

export function sign(secret: string, id: string, timestamp_s: number, body: string): SignedHeaders {
  return {
    'webhook-id': id,
    'webhook-timestamp': `${timestamp_s}`,
    'webhook-signature': `v1,${macOf(secret, id, `${timestamp_s}`, body).toString('base64')}`,
  };
}

/** False also for what was signed more than five minutes ago or ahead. */
export function isSigned(secret: string, headers: object, body: string, now_s: number): boolean {
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures,
  } = headers as Partial<Record<keyof SignedHeaders, unknown>>;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) - now_s) > TOLERANCE_S) return false;
  const expected = macOf(secret, id, timestamp, body);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return signature.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function macOf(secret: string, id: string, timestamp: string, body: string): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();
}
