import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AuditKey, loadAuditKey } from '../../libs/audit/audit-key.js';
import { NotProven, proveDocument } from '../../libs/audit/proof.js';
import { assertWhole, openSignedCheckpoints, Tampered } from '../../libs/audit/signed-checkpoint.js';
import { findDocument } from '../../libs/audit/state-at.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { dataDir, LINKS_HELP, openLog } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- proof NUMBER [--ledger main] [--out FILE]

Writes, to FILE or to the standard output, the events of a document and the hashes that lead from them to a signed checkpoint.
\`cli verify-proof\` checks it on any machine. Where no checkpoint covers the document yet, one is made, with the key of the data folder
or of AUDIT_KEY.

${LINKS_HELP}

Exit code: 0 proven, 1 the log is not what was signed, 2 it cannot be carried out.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ledger: { type: 'string', default: 'main' }, out: { type: 'string' } },
  });
  const [number] = positionals;
  if (number === undefined || positionals.length > 1) throw new CannotDo('Name the document: cli proof NUMBER');
  const { ledger: ledger_id, out } = values;
  if (out !== undefined && existsSync(out)) throw new CannotDo(`${out} exists already.`);
  const log = await openLog();
  try {
    await assertWhole(log.store, ledgerStream(ledger_id));
    const positions = await findDocument(log.store.read(ledgerStream(ledger_id), 0, { signal: stop }), number);
    if (positions.length === 0) throw new CannotDo(`Ledger ${ledger_id} has no document ${number}.`);
    const checkpoints = openSignedCheckpoints(log.store, ledger_id, knownKey());
    const proof = await proveDocument(log.store, checkpoints, { ledger_id, number, positions });
    const text = `${JSON.stringify(proof)}\n`;
    if (out === undefined) process.stdout.write(text);
    else writeFileSync(out, text, { flag: 'wx' });
    return 0;
  } catch (error) {
    if (error instanceof NotProven) throw new CannotDo(error.message);
    if (!(error instanceof Tampered)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    await log.close();
  }
}

/** A tool makes no key of its own: no auditor would know it. */
function knownKey(): AuditKey | undefined {
  const file = join(dataDir(), 'api', 'audit-key.pem');
  return process.env.AUDIT_KEY || existsSync(file) ? loadAuditKey(process.env.AUDIT_KEY, file) : undefined;
}

export const verb: Verb = { help: HELP, run };
