/** Without case, accents and punctuation: words with a space between them, as "cust 001 spring water". */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What records of master data are found by, beside words: "kind=bottle". No word of a name looks so. */
export function valuesOf({
  name: _,
  address: __,
  ...attributes
}: object & { name?: unknown; address?: unknown }): string[] {
  return Object.entries(attributes).flatMap(([field, value]) =>
    value === null || value === undefined ? [] : [`${field}=${value}`],
  );
}

export function wordsOf(text: string): string[] {
  return folded(text).split(' ').filter(Boolean);
}
