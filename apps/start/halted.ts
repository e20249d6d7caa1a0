import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS_MAX = 10_000;
const PAUSE_MS = 200;

type Readiness = { halted?: { ledger_id: string; position?: number; reason: string }[] };

export async function haltedLedgers(url: string, signal: AbortSignal): Promise<string[]> {
  for (const give_up_at = Date.now() + WAIT_MS_MAX; Date.now() < give_up_at && !signal.aborted; ) {
    const answer = await readiness(url).catch(() => undefined);
    if (answer?.halted) return answer.halted.map(sentenceOf);
    if (answer?.ok) return [];
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
  return [];
}

async function readiness(url: string): Promise<Readiness & { ok: boolean }> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(WAIT_MS_MAX) });
  return { ...((await answer.json()) as Readiness), ok: answer.ok };
}

function sentenceOf({ ledger_id, position = -1, reason }: NonNullable<Readiness['halted']>[number]): string {
  const after = position < 0 ? '' : ` after position ${position}`;
  return `Ledger ${ledger_id} is halted${after} and takes no commands: ${reason}. What to do stands in docs/recovery.md, "A halted ledger".`;
}
