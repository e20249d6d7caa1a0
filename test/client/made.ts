/** The files of libs/client that are made of the OpenAPI document. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenApi, resolved, type Schema } from '../support/contract.js';
import { unconnectedApp } from '../support/unconnected-app.js';

export const DOCUMENT_FILE = 'libs/client/openapi.json';
export const GENERATED = 'libs/client/generated';
const MADE = '// Made by `npm run client`.\n';

/** As the API answers it. */
export async function presentDocument(): Promise<OpenApi> {
  const { app } = await unconnectedApp();
  try {
    return JSON.parse((await app.inject('/docs-json')).body) as OpenApi;
  } finally {
    await app.close();
  }
}

export const textOf = (document: OpenApi) => `${JSON.stringify(document, null, 1)}\n`;

/** Into an empty folder, of the document in a file. */
export function generate(document_file: string, folder: string): void {
  const { status, stderr } = spawnSync(process.execPath, ['test/client/generate.js', document_file, folder]);
  if (status !== 0) throw new Error(`openapi-ts failed: ${stderr}`);
  const document = JSON.parse(readFileSync(document_file, 'utf8')) as OpenApi;
  writeFileSync(join(folder, 'problems.ts'), problemsOf(document));
  writeFileSync(join(folder, 'decimal-fields.ts'), decimalFieldsOf(document));
}

/** Contents by path. */
export function filesIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const;
  });
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of one code: not what those of one status have in common. */
function isProblem(name: string, base: Schema | undefined): boolean {
  const of_status = /^Problem\d*$/;
  return !of_status.test(name) && of_status.test(base?.$ref?.split('/').at(-1) ?? '');
}

function problemsOf({ components }: OpenApi): string {
  const names = Object.entries(components.schemas).flatMap(([name, { allOf }]) =>
    isProblem(name, allOf?.[0]) ? [name] : [],
  );
  const imports = `import type {\n${names.map((name) => `  ${name},\n`).join('')}} from './types.gen.js';\n`;
  return `${MADE}${imports}\nexport type AnyProblem =\n${names.map((name) => `  | ${name}`).join('\n')};\n`;
}

/** Names whose value is an amount or a price wherever they stand in an answer. */
function decimalFieldsOf(document: OpenApi): string {
  const { components, paths } = document;
  const decimal = new Set<string>();
  const other = new Set<string>();
  const visit = (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { properties } = value as Schema;
    const { type } = name === '' ? {} : resolved<Schema>(document, value);
    if (name !== '' && typeof type === 'string') (type === 'number' ? decimal : other).add(name);
    for (const [key, each] of Object.entries(value))
      if (key === 'properties') for (const [field, schema] of Object.entries(properties ?? {})) visit(schema, field);
      else if (key !== 'example') visit(each, '');
  };
  visit(components.schemas, '');
  visit(paths, '');
  const fields = [...decimal].filter((name) => !other.has(name)).sort();
  const list = fields.map((name) => `  '${name}',\n`).join('');
  return `${MADE}export const DECIMAL_FIELDS = [\n${list}] as const;\nexport type DecimalField = (typeof DECIMAL_FIELDS)[number];\n`;
}
