import { DECIMAL_FIELDS, type DecimalField } from './generated/decimal-fields.js';

/** An answer with its amounts and prices as text. */
export type WithDecimals<T> = T extends readonly (infer Row)[]
  ? WithDecimals<Row>[]
  : T extends object
    ? {
        [K in keyof T]: K extends DecimalField
          ? T[K] extends number
            ? string
            : T[K] extends number | null
              ? string | null
              : T[K] extends number | undefined
                ? string | undefined
                : WithDecimals<T[K]>
          : WithDecimals<T[K]>;
      }
    : T;

/** Amounts and prices as text such as "0.0375", for a decimal library. They have at most 15 digits, so a number holds each of them exactly. */
export function withDecimals<T>(answer: T): WithDecimals<T> {
  return convert(answer) as WithDecimals<T>;
}

const DECIMALS: ReadonlySet<string> = new Set(DECIMAL_FIELDS);

function convert(value: unknown, field = ''): unknown {
  if (typeof value === 'number') return DECIMALS.has(field) ? String(value) : value;
  if (Array.isArray(value)) return value.map((each) => convert(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, convert(each, name)]));
}
