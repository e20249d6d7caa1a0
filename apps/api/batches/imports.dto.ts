import Type, { type Static } from 'typebox';
import type { Separator } from '../../../libs/csv/read.js';
import { OneOf, optional, Text } from '../http/fields.js';
import { component, count, described, flag, nullable, optionalFields, position, text, words } from '../http/schema.js';
import { BATCH_COMMANDS } from './batch-commands.js';

export const SEPARATORS_BY_NAME = { comma: ',', semicolon: ';', tab: '\t' } as const satisfies Record<
  string,
  Separator
>;
type SeparatorName = keyof typeof SEPARATORS_BY_NAME;
export const DECIMALS_BY_NAME = { point: '.', comma: ',' } as const;
const FLAG = ['true', 'false'] as const;

/** Shorter than the address may be. */
const MAPPING_MAX = 8000;

export class ImportParameters {
  @OneOf([...BATCH_COMMANDS.keys()], { description: 'of the commands, as in /batches' }) type!: string;
  @Text(MAPPING_MAX, {
    ...optional,
    description:
      'JSON: `columns`, the file’s column for a field, and `values`, for fields without a column and for empty cells; as {"columns":{"item_id":"Art.-Nr."},"values":{"supplier_id":"SUP-001"}}',
    example: '{"columns":{"item_id":"Art.-Nr."},"values":{"supplier_id":"SUP-001"}}',
  })
  mapping?: string;
  @Text(200, {
    ...optional,
    description:
      'the column that says which lines are one document; such lines stand together. Default: number, where there is one; else each line is one',
  })
  reference?: string;
  @OneOf(FLAG, { ...optional, description: 'true: the whole file is one document, of at most 500 lines' })
  one_document?: string;
  @OneOf(Object.keys(SEPARATORS_BY_NAME), {
    ...optional,
    description: 'default: the one that the first line has most of',
  })
  separator?: SeparatorName;
  @OneOf(Object.keys(DECIMALS_BY_NAME), { ...optional, description: 'in numbers; default: point' })
  decimal?: keyof typeof DECIMALS_BY_NAME;
  @OneOf(FLAG, {
    ...optional,
    description: 'true: every document is tried against the books as they are, and nothing is recorded',
  })
  dry_run?: string;
  @OneOf(['json', 'csv'], {
    ...optional,
    description: 'default: json; csv: the refused lines as they were, and why, to be mended and sent again',
  })
  format?: 'json' | 'csv';
}

export const ImportReport = component(
  'ImportReport',
  Type.Object({
    type: text,
    dry_run: flag,
    lines: described(count, 'read, without the header and empty ones'),
    documents: described(count, 'what the lines are: documents, or records of master data'),
    recorded: described(count, 'documents; in a dry run: that would be'),
    recorded_before: described(count, 'documents, by an earlier import with the same key'),
    awaiting_approval: described(count, 'documents, of those recorded'),
    refused: described(count, 'documents'),
    columns: described(Type.Array(text), 'of the file'),
    separator: words(...(Object.keys(SEPARATORS_BY_NAME) as SeparatorName[])),
    ignored_columns: described(Type.Array(text), 'those that are of no field'),
    refusals: Type.Array(
      Type.Object({
        line: described(count, 'of the file, the header being line 1 as a rule'),
        column: described(nullable(text), 'as the file calls it; null where it is no single one'),
        code: text,
        detail: text,
        retry: described(flag, 'whether the same lines can be accepted later'),
        rows: described(
          Type.Array(Type.Object({ line: count, cells: Type.Array(text) })),
          'all lines of the document, as they were',
        ),
      }),
    ),
    stopped: described(
      nullable(Type.Object({ line: count, code: nullable(text), detail: text })),
      'why the rest of the file, from about this line on, was not read; null: it was read to its end',
    ),
    ...optionalFields({ position }),
  }),
);
export type ImportReport = Static<typeof ImportReport>;

export function nameOfSeparator(separator: Separator): SeparatorName {
  return (Object.keys(SEPARATORS_BY_NAME) as SeparatorName[]).find((name) => SEPARATORS_BY_NAME[name] === separator)!;
}
