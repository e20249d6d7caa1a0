import type { Answer } from '../../../libs/documents/answers.js';
import type { Refusal } from '../../../libs/ledger/refusals.js';
import type { Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { ledgerHalted, Problem } from '../http/problem.js';
import { givenKey } from '../http/request.js';

const RETRY_AFTER_S = 1;

export function answerTo(outcome: Outcome, recorded_status: number) {
  switch (outcome.outcome) {
    case 'recorded': {
      const headers: Record<string, string> = { 'ledger-position': `${outcome.position}` };
      if (outcome.replayed) headers['idempotency-replayed'] = 'true';
      return { status: awaitsApproval(outcome.answer) ? 202 : recorded_status, headers, answer: outcome.answer };
    }
    case 'would_record':
      return { status: 200, headers: {}, answer: outcome.answer };
    default:
      throw problemOf(outcome);
  }
}

export function problemOf(outcome: Exclude<Outcome, { answer: Answer }>): Problem {
  if (outcome.outcome === 'refused') return Problem.of(withGivenKey(outcome.refusal));
  if (outcome.outcome === 'halted') return ledgerHalted(outcome);
  const headers = { 'retry-after': `${RETRY_AFTER_S}` };
  if (outcome.outcome === 'clock_ahead')
    return new Problem('clock_ahead', { now: outcome.now, log_time: outcome.log_time }, { headers });
  // The reason goes to the log only: it may name hosts.
  return new Problem(CODES[outcome.outcome], {}, { headers, cause: outcome.reason });
}

const CODES = { busy: 'overloaded', away: 'log_unavailable', unknown: 'outcome_unknown' } as const;

const awaitsApproval = ({ kind, status }: Answer) => kind === 'approval' && status === 'pending';

function withGivenKey(refusal: Refusal): Refusal {
  const { idempotency_key } = refusal.details;
  if (typeof idempotency_key !== 'string') return refusal;
  return { ...refusal, details: { ...refusal.details, idempotency_key: givenKey(idempotency_key) } };
}
