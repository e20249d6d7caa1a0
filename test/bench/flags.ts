import { parseArgs } from 'node:util';

/** The flags of a part, such as `--seed 7`, with their defaults; those with a number as default are numbers. */
export function flagsOf<D extends Record<string, number | string>>(defaults: D) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, { type: 'string' as const, default: `${value}` }]),
  );
  const { values } = parseArgs({ allowPositionals: true, options });
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(values[name]) : values[name],
    ]),
  ) as { [K in keyof D]: D[K] extends number ? number : string };
}
