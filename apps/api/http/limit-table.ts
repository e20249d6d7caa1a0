/** How often who may ask for what. LIMIT_<CLASS>_<BY> in the environment replaces a row, such as LIMIT_QUERY_USER=100/1. */
import { LOAD_CLASSES } from './load-class.js';

export interface Rate {
  requests: number;
  per_s: number;
  /** At once, after a pause. */
  burst: number;
}

const rate = (requests: number, per_s: number, burst = requests): Rate => ({ requests, per_s, burst });
const none: Rate | undefined = undefined;

/** `name`: a name from one address or known device. The others are generous: they stop a client that has run wild. */
export const LIMITS = {
  anonymous: { address: rate(100, 15 * 60) },
  sign_in: { name: rate(5, 60) },
  command: { user: rate(20_000, 1), address: none, ledger: rate(40_000, 1) },
  query: { user: rate(20_000, 1), address: none, ledger: none },
  stream: { user: rate(1_000, 1), address: none, ledger: none },
  report: { user: rate(2_000, 1), address: none, ledger: none },
  export: { user: rate(200, 1), address: none, ledger: none },
} satisfies Record<string, Record<string, Rate | undefined>>;

export const LIMITED_CLASSES = LOAD_CLASSES.filter((each) => each !== 'operations');
export const SUBJECTS = ['user', 'address', 'ledger'] as const;
export type Subject = (typeof SUBJECTS)[number];
export type LimitTable = {
  [C in keyof typeof LIMITS]: { [B in keyof (typeof LIMITS)[C]]: Rate | undefined };
};

/** @throws Error that names the variable */
export function readLimits(env: NodeJS.ProcessEnv): LimitTable {
  const table: Record<string, Record<string, Rate | undefined>> = structuredClone(LIMITS);
  const known = new Set<string>();
  for (const [of, row] of Object.entries(table))
    for (const by of Object.keys(row)) {
      const name = `LIMIT_${of}_${by}`.toUpperCase();
      known.add(name);
      const text = env[name];
      if (text) row[by] = readRate(name, text);
    }
  const unknown = Object.keys(env).find((name) => name.startsWith('LIMIT_') && !known.has(name));
  if (unknown !== undefined) throw new Error(`${unknown} is no limit: there are ${[...known].join(', ')}.`);
  return table as LimitTable;
}

function readRate(name: string, text: string): Rate | undefined {
  if (text === 'none') return undefined;
  const [, requests, per_s, burst = requests] =
    /^([1-9]\d{0,8})\/([1-9]\d{0,4})(?:\+([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (requests === undefined)
    throw new Error(`${name} must be none, or REQUESTS/SECONDS or REQUESTS/SECONDS+BURST, such as 100/900+20.`);
  return rate(Number(requests), Number(per_s), Number(burst));
}
