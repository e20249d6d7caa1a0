import { Controller, Get, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { isPermittedInAll, Permit } from '../auth/permit.js';
import { Tokens } from '../auth/tokens.js';
import { instantOrDay } from '../http/instants.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { type ApiRequest, CurrentLedger, CurrentPrincipal, type Principal, principalOf } from '../http/request.js';
import { SecurityNotes } from '../http/security-notes.js';
import { AsOfParameters, LIMIT_MAX } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { ApiAudit, ApiAuditTable } from './api-audit.js';
import { ChainHead, Checkpoint, Checkpoints, Proof, State, Verification } from './audit.dto.js';
import { Audit } from './audit.js';
import { CheckpointsParameters, ExportParameters, StateParameters } from './audit.parameters.js';
import type { AskedMoment } from './audit-tasks.js';
import { ListDocumentPositions } from './list-document-positions.query.js';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly audit: Audit,
    private readonly queries: QueryBus,
    private readonly tokens: Tokens,
    private readonly notes: SecurityNotes,
  ) {}

  @Get('state')
  @Permit('audits')
  @ApiAudit(
    'getState',
    'Gets the state of the ledger at a moment, folded from the log alone',
    { schema: State },
    'log_tampered',
  )
  state(@CurrentLedger() ledger_id: string, @Query() { at, as_of, number }: StateParameters): Promise<State> {
    return this.audit.state({
      ledger_id,
      moment: at === undefined ? {} : momentIn(at),
      as_of: as_of === undefined ? undefined : instantIn('as_of', as_of),
      number,
    });
  }

  @Get('chain/head')
  @Permit('audits')
  @ApiAudit(
    'getChainHead',
    'Gets the head of the hash chain, which covers every event so far; keep it, and verify later',
    {
      schema: ChainHead,
    },
  )
  head(@CurrentLedger() ledger_id: string): Promise<ChainHead> {
    return this.audit.head(ledger_id);
  }

  @Get('checkpoints')
  @Permit('audits')
  @ApiAuditTable('listCheckpoints', 'Lists the signed checkpoints, the oldest first', Checkpoints)
  checkpoints(
    @CurrentLedger() ledger_id: string,
    @Query() { limit = '100', cursor = '0' }: CheckpointsParameters,
  ): Promise<Checkpoints> {
    const most = wholeIn('limit', limit);
    if (most < 1 || most > LIMIT_MAX)
      throw invalidParameters([{ path: 'limit', message: `must be from 1 to ${LIMIT_MAX}` }]);
    return this.audit.checkpoints(ledger_id, wholeIn('cursor', cursor), most);
  }

  @Post('checkpoints')
  @Permit('audits')
  @ApiAudit(
    'makeCheckpoint',
    'Signs a checkpoint of what is recorded now',
    { status: 201, schema: Checkpoint },
    'log_tampered',
    'overloaded',
  )
  checkpoint(@CurrentLedger() ledger_id: string): Promise<Checkpoint> {
    return this.audit.checkpoint(ledger_id);
  }

  @Get('proofs/:number')
  @Permit('audits')
  @ApiAudit(
    'proveDocument',
    'Proves a document: its events with the hashes that lead to a signed checkpoint, which is made where none covers it',
    { schema: Proof },
    ...(['unknown_document', 'log_tampered', 'overloaded', 'projection_behind'] as const),
  )
  async proof(
    @CurrentLedger() ledger_id: string,
    @Req() request: ApiRequest,
    @Param('number') number: string,
    @Query() query: AsOfParameters,
  ): Promise<Proof> {
    const positions = await this.queries.execute(new ListDocumentPositions(snapshotQueryOf(request, query), number));
    if (positions.length === 0) throw new Problem('unknown_document', { number });
    return this.audit.proof({ ledger_id, number, positions });
  }

  @Get('export')
  @Permit('audits')
  @ApiAudit(
    'exportLedger',
    'Exports all events with their hash chain and checkpoints, one JSON a line',
    { content_type: 'application/x-ndjson' },
    'overloaded',
  )
  async export(
    @CurrentLedger() ledger_id: string,
    @Req() request: ApiRequest,
    @Query() { compression = 'none' }: ExportParameters,
  ): Promise<StreamableFile> {
    const bytes = await this.audit.export(ledger_id, compression, async () => {
      await this.tokens.authenticate(request);
    });
    const { username } = principalOf(request);
    await this.notes.note('LedgerExported', username, { username, ledger: ledger_id, compression });
    const suffix = { none: '', gzip: '.gz', zstd: '.zst' }[compression];
    const disposition = `attachment; filename="${ledger_id}.ndjson${suffix}"`;
    return new StreamableFile(bytes, {
      type: compression === 'none' ? 'application/x-ndjson' : `application/${compression}`,
      disposition,
    });
  }

  @Post('verifications')
  @Permit('audits')
  @HttpCode(202)
  @ApiAudit(
    'verify',
    'Starts a verification, which compares every row of the read models with the log; for auditors of all ledgers also the users with the security events',
    { status: 202, schema: Verification },
    'overloaded',
  )
  verify(@CurrentLedger() ledger_id: string, @CurrentPrincipal() principal: Principal): Promise<Verification> {
    const with_security = isPermittedInAll(principal, 'audits_system');
    return this.audit.verify({ ledger_id, with_security }, principal.username);
  }

  @Get('verifications/:id')
  @Permit('audits')
  @ApiAudit(
    'getVerification',
    'Gets the progress of a verification, then its result',
    { schema: Verification },
    'unknown_record',
  )
  async verification(
    @CurrentLedger() ledger_id: string,
    @CurrentPrincipal() principal: Principal,
    @Param('id') verification_id: string,
  ): Promise<Verification> {
    const found = UUID.test(verification_id)
      ? await this.audit.verifications.find(ledger_id, verification_id)
      : undefined;
    // One that another auditor asked for may tell of users.
    const is_shown = found?.requested_by === principal.username || isPermittedInAll(principal, 'audits_system');
    if (found === undefined || !is_shown) throw new Problem('unknown_record', { verification_id });
    return found;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function momentIn(at: string): AskedMoment {
  return /^\d+$/.test(at) ? { position: wholeIn('at', at) } : { recorded_at: instantIn('at', at) };
}
function instantIn(path: string, value: string): string {
  const instant = instantOrDay(value);
  if (instant === undefined)
    throw invalidParameters([{ path, message: 'must be a position, an instant (RFC 3339) or a day' }]);
  return instant;
}
function wholeIn(path: string, text: string): number {
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) throw invalidParameters([{ path, message: 'must be a whole number' }]);
  return Number(text);
}
