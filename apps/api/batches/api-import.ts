import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { PROBLEMS_OF_COMMANDS } from '../commands/api-command.js';
import { ApiProblems } from '../http/openapi.js';
import { ImportReport } from './imports.dto.js';

export function ApiImport() {
  return applyDecorators(
    ApiOperation({
      operationId: 'importCsv',
      summary: 'Records the lines of a CSV file as documents or master data',
      description:
        'The first line names the columns: the fields of the command, as in our own exports, or other names by `mapping`. Text in UTF-8, separated by ' +
        'commas, semicolons or tabs. Each document is a command of its own, as in `/batches`: one that is refused does not stop the rest, and is ' +
        'in the report with its lines. With an `Idempotency-Key` the same file can be sent again within a day, also with lines mended or added: ' +
        'what was recorded is not recorded twice.',
    }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } }),
    ApiConsumes('text/csv'),
    ApiBody({ description: 'A header and a line for each record.', schema: { type: 'string' } }),
    ApiResponse({
      status: 200,
      description: 'what became of the lines',
      content: {
        'application/json': { schema: ImportReport },
        'text/csv': { schema: { type: 'string' } },
      },
    }),
    ApiProblems(...PROBLEMS_OF_COMMANDS.filter((code) => code !== 'malformed_json'), 'malformed_csv'),
  );
}
