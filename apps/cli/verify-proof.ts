import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkProof, limitsOf, NotProven, type Proof, type Proven } from '../../libs/audit/proof.js';
import { mustExist } from './files.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- verify-proof FILE [--key PUBLIC_KEY]

Checks that the events of a document stood in the books under a signed checkpoint, without a server, and that none is missing between
two of them; prints the document as it was after the last of these events, and what this does not prove: above all, that nothing was
recorded about it later.

  --key  the public key that must have signed; without it, see whether the one that is printed is yours

Exit code: 0 it holds, 1 it does not, 2 it cannot be carried out.`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string' } } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotDo('Name the proof: cli verify-proof FILE');
  await mustExist(file);
  try {
    const proven = check(readFileSync(file, 'utf8'));
    const { document, position, checkpoint } = proven;
    if (values.key !== undefined && checkpoint.public_key !== values.key)
      throw new NotProven(`It is signed by another key: ${checkpoint.public_key}`);
    const { ledger, size, recorded_at, public_key } = checkpoint;
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    process.stdout.write(
      `It stood so at position ${position} of ledger ${ledger}, which had ${size} events when ${public_key} signed it at ${recorded_at}.\n`,
    );
    process.stdout.write(
      `This does not prove:\n${limitsOf(proven)
        .map((limit) => `  - ${limit}\n`)
        .join('')}`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof NotProven)) throw error;
    process.stdout.write(`Not proven: ${error.message}\n`);
    return 1;
  }
}

function check(text: string): Proven {
  let proof: Proof;
  try {
    proof = JSON.parse(text) as Proof;
  } catch {
    throw new NotProven('It is not JSON.');
  }
  return checkProof(proof);
}

export const verb: Verb = { help: HELP, run };
