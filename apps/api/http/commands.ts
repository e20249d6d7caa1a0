/** From a request to an order, and from what became of it to an answer. Every controller that gives commands uses this. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import type { Answer } from '../../../libs/documents/answers.js';
import type { Command } from '../../../libs/ledger/commands.js';
import type { Refusal } from '../../../libs/ledger/refusals.js';
import type { Outcome } from '../../../libs/ledger-writer/writer.js';
import { LedgerCommand } from '../cqrs.js';
import { ledgerHalted, Problem } from './problem.js';
import { type ApiRequest, dryRunOf, envelopeOf, givenKey, ledgerOf } from './request.js';

const retry_after_s = 1;

@Injectable()
export class Commands {
  constructor(private readonly bus: CommandBus) {}

  /**
   * Gives `command` in the name of the request's user to the request's ledger and answers with what it made: sets status
   * and headers on `reply` and returns the body. `recorded_status` is 201 where something new is made (POST), 200 for a change.
   * @throws Problem for whatever was not recorded.
   */
  async give(
    request: ApiRequest,
    reply: FastifyReply,
    command: Command,
    recorded_status = 201,
    ledger_id = ledgerOf(request),
  ): Promise<Answer> {
    const submission = { command, envelope: envelopeOf(request) };
    const outcome = await this.bus.execute(new LedgerCommand(ledger_id, submission, dryRunOf(request)));
    const { status, headers, answer } = answerTo(outcome, recorded_status);
    reply.status(status).headers(headers);
    return answer;
  }
}

/** Status, headers and body for a command that was recorded or would be; else throws its Problem. Also for lines of a batch. */
export function answerTo(outcome: Outcome, recorded_status = 201) {
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

/** The problem of an outcome that recorded nothing, or perhaps nothing. */
export function problemOf(outcome: Exclude<Outcome, { answer: Answer }>): Problem {
  if (outcome.outcome === 'refused') return Problem.of(asGiven(outcome.refusal));
  if (outcome.outcome === 'halted') return ledgerHalted(outcome);
  const headers = { 'retry-after': `${retry_after_s}` };
  if (outcome.outcome === 'clock_ahead')
    return new Problem('clock_ahead', { now: outcome.now, log_time: outcome.log_time }, { headers });
  // The reason is for the log: it may name hosts.
  return new Problem(CODES[outcome.outcome], {}, { headers, cause: outcome.reason });
}

const CODES = { busy: 'overloaded', away: 'log_unavailable', unknown: 'outcome_unknown' } as const;

const awaitsApproval = ({ kind, status }: Answer) => kind === 'approval' && status === 'pending';

/** The key as the client sent it, without whose it is. */
function asGiven(refusal: Refusal): Refusal {
  const { idempotency_key } = refusal.details;
  if (typeof idempotency_key !== 'string') return refusal;
  return { ...refusal, details: { ...refusal.details, idempotency_key: givenKey(idempotency_key) } };
}
