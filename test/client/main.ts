/**
 * npm run client: writes the OpenAPI document and the client made of it.
 * What would break clients of the document before is refused, unless libs/client/CHANGES.md says it line by line.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { OpenApi } from '../support/contract.js';
import { breakingChanges } from './breaking-changes.js';
import { DOCUMENT_FILE, GENERATED, generate, presentDocument, textOf } from './made.js';

const CHANGES_FILE = 'libs/client/CHANGES.md';

const document = await presentDocument();
const before = existsSync(DOCUMENT_FILE) ? (JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as OpenApi) : document;
const noted = existsSync(CHANGES_FILE) ? readFileSync(CHANGES_FILE, 'utf8') : '';
const unsaid = breakingChanges(before, document).filter((change) => !noted.includes(change));
if (unsaid.length > 0) {
  console.error(
    `These break clients. Where it must be, say so in ${CHANGES_FILE}, with these lines:\n${unsaid.join('\n')}`,
  );
  process.exit(1);
}
writeFileSync(DOCUMENT_FILE, textOf(document));
rmSync(GENERATED, { recursive: true, force: true });
generate(DOCUMENT_FILE, GENERATED);
