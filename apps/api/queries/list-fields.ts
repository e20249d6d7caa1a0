/** Parameters that lists share. */
import { isId, Matching, NAME_MAX, OneOf, optional, Text } from '../http/fields.js';

/** Spells in every list that a field has no value: no id begins with a dash. */
export const NONE = '-';

export const IdOrNone = () =>
  Matching(
    (value) => isId(value) || value === NONE,
    { type: String, maxLength: 64 },
    `must be an id, or ${NONE} for none`,
    { ...optional, description: `${NONE}: of none` },
  );
/** undefined: any. */
export function idIn(text: string | undefined): string | null | undefined {
  return text === NONE ? null : text;
}

/** As `parseDecimal` takes it: no zeros before others. */
const AMOUNT = /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/;
const amount = (description: string) =>
  Matching(
    (value) => typeof value === 'string' && AMOUNT.test(value),
    { type: String, pattern: AMOUNT.source },
    'must be an amount such as 100 or 99.95',
    { ...optional, description },
  );
export const LeastAmount = () => amount('at least');
export const MostAmount = () => amount('at most');

const Q_MAX = 64;
export const Search = (description: string) => Text(Q_MAX, { ...optional, description });

export const YesOrNo = (description?: string) =>
  OneOf(['true', 'false'], { ...optional, ...(description !== undefined && { description }) });

export const TextOrNone = () => Text(NAME_MAX, { ...optional, description: `${NONE}: of none` });
const WHOLE = /^(0|[1-9]\d{0,15}|-)$/;
export const WholeOrNone = () =>
  Matching(
    (value) => typeof value === 'string' && WHOLE.test(value),
    { type: String, pattern: WHOLE.source, example: '500' },
    `must be a whole number, or ${NONE} for none`,
    { ...optional, description: `${NONE}: of none` },
  );

/** `otherwise`: what the list is sorted by without it. */
export const SortBy = (names: readonly string[], otherwise: string) =>
  OneOf(
    names.flatMap((name) => [name, `-${name}`]),
    { ...optional, description: `-: downwards. Default: ${otherwise}` },
  );
export function sortIn<O extends string>(
  sort: string | undefined,
  orders: Readonly<Record<string, O>>,
): { by: O; descending: boolean } | undefined {
  if (sort === undefined) return undefined;
  const descending = sort.startsWith('-');
  return { by: orders[descending ? sort.slice(1) : sort]!, descending };
}
