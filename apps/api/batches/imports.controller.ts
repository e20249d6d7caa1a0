import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type CsvTable, NotCsv, readCsv } from '../../../libs/csv/read.js';
import { refusedCsv } from '../../../libs/csv/refused.js';
import type { Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { Permit } from '../auth/permit.js';
import { RoutePermissions } from '../auth/route-permissions.js';
import { answerTo } from '../commands/outcome.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { PREFIX } from '../http/prefix.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { dryRunOf, flagOf, keyIn, ledgerOf, userOf } from '../http/request.js';
import { traceOf } from '../http/request-spans.js';
import { AddRouteConfig } from '../http/route-config.js';
import { parseJson } from '../http/strict-json.js';
import { ApiImport } from './api-import.js';
import { BATCH_COMMANDS } from './batch-commands.js';
import { commandOf, type LineCommand } from './batch-line.js';
import { columnsIn, type Mapping } from './csv-mapping.js';
import { type Executed, importTable } from './import-table.js';
import { DECIMALS_BY_NAME, ImportParameters, type ImportReport, SEPARATORS_BY_NAME } from './imports.dto.js';
import { LineCommands } from './line-commands.js';

const ROUTE = `POST ${PREFIX}/imports`;

@ApiTags('batches')
@Controller('imports')
export class ImportsController {
  constructor(
    private readonly permissions: RoutePermissions,
    private readonly lines: LineCommands,
  ) {}

  @Post()
  @HttpCode(200)
  @Permit('records')
  @AddRouteConfig({ csv: true })
  @ApiImport()
  async import(
    @CurrentExchange() { request, reply }: Exchange,
    @Query() query: ImportParameters,
  ): Promise<ImportReport | string> {
    const { type, reference, separator, decimal = 'point', format } = query;
    const { body: file } = request;
    if (!(file instanceof Readable)) throw new Problem('unsupported_media_type');
    const command = BATCH_COMMANDS.get(type)!;
    const user = userOf(request);
    if (!this.permissions.mayExecute(user.role, command)) throw new Problem('forbidden', { type });
    const mapping = mappingIn(query.mapping);
    const one_document = flagOf(request, 'one_document');
    if (one_document && reference !== undefined)
      throw invalidParameters([{ path: 'reference', message: 'is of no use where the file is one document' }]);
    const dry_run = dryRunOf(request);
    const key = keyIn(request);
    const batch = {
      ledger_id: ledgerOf(request),
      user,
      permissions: this.permissions,
      dry_run,
      trace: traceOf(request),
    };
    let table: CsvTable | undefined;
    try {
      // A socket that is destroyed would take the answer with it.
      const chunks = file.iterator({ destroyOnReturn: false });
      table = await readCsv(chunks, { separator: separator && SEPARATORS_BY_NAME[separator] });
      const columns = columnsIn(table.header, command.spec, mapping, reference);
      const settings = { table, columns, type, decimal: DECIMALS_BY_NAME[decimal], one_document, dry_run, key };
      const report = await importTable(settings, (line, fields) =>
        this.lines.execute(batch, { request, route: ROUTE, line }, () => commandOf(line, fields, batch), executed),
      );
      if (report.position !== undefined) reply.header('ledger-position', `${report.position}`);
      if (format !== 'csv') return report;
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', 'attachment; filename="refused.csv"');
      return refusedCsv(table.header, table.separator, report.refusals);
    } catch (error) {
      if (!(error instanceof NotCsv)) throw error;
      throw new Problem('malformed_csv', { line: error.line }, { detail: `Line ${error.line}: ${error.message}.` });
    } finally {
      await table?.records.return(undefined);
      // Its client waits until it is read.
      file.resume();
    }
  }
}

function executed({ recorded_status }: LineCommand, outcome: Outcome): Executed {
  const { status } = answerTo(outcome, recorded_status);
  const is_recorded = outcome.outcome === 'recorded';
  return {
    is_replayed: is_recorded && outcome.replayed,
    awaits_approval: is_recorded && status === 202 && recorded_status !== 202,
    position: is_recorded ? outcome.position : undefined,
  };
}

/** @throws Problem invalid_parameter */
function mappingIn(text = '{}'): Mapping {
  const mapping = readMapping(text);
  const wrong = (path: string, message: string) => invalidParameters([{ path, message }]);
  if (!isObject(mapping)) throw wrong('mapping', 'must be a JSON object');
  const { columns = {}, values = {}, ...more } = mapping;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw wrong('mapping', 'has columns and values only');
  if (!isObject(columns) || !Object.values(columns).every((name) => typeof name === 'string'))
    throw wrong('mapping.columns', 'must be an object with the name of a column for each field');
  if (
    !isObject(values) ||
    !Object.values(values).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
  )
    throw wrong('mapping.values', 'must be an object with a text, a number, true or false for each field');
  return { columns, values } as Mapping;
}
function readMapping(text: string): unknown {
  try {
    return parseJson(Buffer.from(text));
  } catch {
    throw invalidParameters([{ path: 'mapping', message: 'must be well-formed JSON' }]);
  }
}
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
