import 'reflect-metadata';
import { describe, expect, test } from '@jest/globals';
import { type CsvRecord, readCsv, type Separator } from '../../../libs/csv/read.js';
import { refusedCsv } from '../../../libs/csv/refused.js';
import { commandOfLine } from '../commands/read-command.js';
import { Problem } from '../http/problem.js';
import { toProblem } from '../http/problem-filter.js';
import { BATCH_COMMANDS } from './batch-commands.js';
import { columnsIn, csvFieldsOf, type Decimal, type Mapping, numberIn } from './csv-mapping.js';
import { type Execute, type Executed, importTable } from './import-table.js';

const specOf = (type: string) => BATCH_COMMANDS.get(type)!.spec;

interface Settings {
  type?: string;
  mapping?: Mapping;
  reference?: string;
  decimal?: Decimal;
  separator?: Separator;
  one_document?: boolean;
  key?: string;
  refuse?: (body: Record<string, never>) => Problem | undefined;
}
type Sent = Parameters<Execute>[1];

/** Bodies are checked as a request's are; what passes is recorded, once for each key. */
function books() {
  const recorded = new Map<string, Sent>();
  const execute =
    (refuse: Settings['refuse']): Execute =>
    async (_, sent): Promise<Executed | Problem> => {
      try {
        commandOfLine(specOf(sent.type), sent.body);
      } catch (error) {
        return toProblem(error);
      }
      const problem = refuse?.(sent.body as Record<string, never>);
      if (problem !== undefined) return problem;
      const key = sent.idempotency_key ?? `${recorded.size}`;
      const is_replayed = recorded.has(key);
      recorded.set(key, sent);
      return { is_replayed, awaits_approval: false, position: recorded.size };
    };
  async function imports(
    text: string,
    { type = 'sales', mapping = {}, reference, decimal = '.', one_document = false, refuse, ...more }: Settings = {},
  ) {
    const table = await readCsv(
      (async function* () {
        yield Buffer.from(text);
      })(),
      more,
    );
    const columns = columnsIn(table.header, specOf(type), mapping, reference);
    const settings = { table, columns, type, decimal, one_document, dry_run: false, key: more.key };
    const report = await importTable(settings, execute(refuse));
    return { ...report, csv: refusedCsv(table.header, table.separator, report.refusals) };
  }
  return { imports, bodies: () => [...recorded.values()].map(({ body }) => body), keys: () => [...recorded.keys()] };
}

async function bodiesOf(text: string, settings?: Settings) {
  const { imports, bodies } = books();
  const { refusals } = await imports(text, settings);
  expect(refusals).toEqual([]);
  return bodies();
}
async function problemOf(text: string, settings?: Settings) {
  try {
    await books().imports(text, settings);
  } catch (error) {
    return (error as Problem).toDocument('');
  }
  throw new Error('it was imported');
}

describe('lines become bodies of the commands of /batches', () => {
  test('of every kind that has fields', () => {
    const fields = new Map([...BATCH_COMMANDS].map(([type, { spec }]) => [type, csvFieldsOf(spec)]));
    expect([...fields].filter(([, of]) => of.length === 0)).toEqual([]);
    expect(fields.get('items')!.map(({ name, written, required }) => [name, written, required])).toEqual([
      ['item_id', 'word', true],
      ['name', 'text', true],
      ['kind', 'word', true],
      ['size_ml', 'number', false],
      ['grade', 'text', false],
      ['unit', 'text', false],
      ['reorder_level', 'number', false],
    ]);
    expect(fields.get('blows')!.map(({ name, short_name }) => [name, short_name])).toEqual([
      ['location_id', 'location_id'],
      ['inputs_item_id', undefined],
      ['inputs_quantity', undefined],
      ['outputs_item_id', undefined],
      ['outputs_quantity', undefined],
      ['rejected_quantity', 'rejected_quantity'],
      ['conversion_cost', 'conversion_cost'],
      ['notes', 'notes'],
      ['effective_at', 'effective_at'],
    ]);
  });
  test('master data; empty cells are not given, and other columns ignored', async () => {
    const { imports, bodies } = books();
    const text =
      'item_id,name,kind,size_ml,unit,colour\nb-1,"Bottle, 0.5 l",bottle,500,,red\np-1, Preform,preform,,pcs,\n';
    expect(await imports(text, { type: 'items' })).toMatchObject({
      lines: 2,
      documents: 2,
      recorded: 2,
      refused: 0,
      ignored_columns: ['colour'],
      stopped: null,
    });
    expect(bodies()).toEqual([
      { item_id: 'b-1', name: 'Bottle, 0.5 l', kind: 'bottle', size_ml: 500 },
      { item_id: 'p-1', name: ' Preform', kind: 'preform', unit: 'pcs' },
    ]);
  });
  test('documents: lines with one number stand together, by short names or whole ones', async () => {
    const line = (item_id: string, quantity: number, unit_price: number) => ({ item_id, quantity, unit_price });
    const expected = [
      { customer_id: 'C-1', due_date: '2026-05-01', line_items: [line('a', 1, 4), line('b', 2, 0.0375)] },
      { customer_id: 'C-2', line_items: [line('a', 3, 4)] },
    ];
    const short =
      'number,customer_id,due_date,item_id,quantity,unit_price\n7,C-1,2026-05-01,a,1,4\n7,C-1,,b,2,0.0375\n8,C-2,,a,3,4.00\n';
    expect(await bodiesOf(short)).toEqual(expected);
    const whole =
      'Customer ID;Due date;Line_Items_Item_ID;line items quantity;LINE_ITEMS_UNIT_PRICE;Beleg\nC-1;2026-05-01;a;1;4;7\n;;b;2;0,0375;7\nC-2;;a;3;4,00;8\n';
    expect(await bodiesOf(whole, { reference: 'Beleg', decimal: ',' })).toEqual(expected);
  });
  test('by the names of a supplier, with what the file leaves out', async () => {
    const text = 'Art.-Nr.;Bezeichnung;Menge;EK-Preis\r\nA-1;Preform 20 g;1000;0,0375\r\nA-2;Kappe;500;1\r\n;;;\r\n';
    const mapping = {
      columns: { item_id: 'Art.-Nr.', quantity: 'Menge', unit_price: 'EK-Preis' },
      values: { supplier_id: 'SUP-1', effective_at: '2026-03-02', unit_price: 2 },
    };
    const body = { supplier_id: 'SUP-1', effective_at: '2026-03-02' };
    const lines = [
      { item_id: 'A-1', quantity: 1000, unit_price: 0.0375 },
      { item_id: 'A-2', quantity: 500, unit_price: 1 },
    ];
    const settings = { type: 'purchases', mapping, decimal: ',' as const };
    expect(await bodiesOf(text, { ...settings, one_document: true })).toEqual([{ ...body, line_items: lines }]);
    expect(await bodiesOf(text, settings)).toEqual(lines.map((line) => ({ ...body, line_items: [line] })));
    const priceless = text.replace(';1\r\n;;;', ';\r\n;;;');
    expect(await bodiesOf(priceless, settings)).toMatchObject([{}, { line_items: [{ unit_price: 2 }] }]);
  });
  test('two lists side by side, one of which may be empty', async () => {
    const text =
      'number,inputs_item_id,inputs_quantity,outputs_item_id,outputs_quantity,rejected_quantity\n1,p,100,b,90,10\n1,q,5,,,\n2,p,3,,,3\n';
    expect(await bodiesOf(text, { type: 'blows' })).toEqual([
      {
        rejected_quantity: 10,
        inputs: [
          { item_id: 'p', quantity: 100 },
          { item_id: 'q', quantity: 5 },
        ],
        outputs: [{ item_id: 'b', quantity: 90 }],
      },
      { rejected_quantity: 3, inputs: [{ item_id: 'p', quantity: 3 }], outputs: [] },
    ]);
    expect(await bodiesOf('inputs_item_id,inputs_quantity\np,1\n', { type: 'blows' })).toMatchObject([{ outputs: [] }]);
  });
  test('what the path of a request names, and flags', async () =>
    expect(await bodiesOf('item_id,active\nx,FALSE\ny,yes\n', { type: 'items/change' })).toEqual([
      { item_id: 'x', active: false },
      { item_id: 'y', active: true },
    ]));
});

test.each([
  ['0.0375', '.', 0.0375],
  ['4.00', '.', 4],
  ['007', '.', 7],
  ['-3.50', '.', -3.5],
  ['3,50', ',', 3.5],
  ['999999999999.999', '.', 999_999_999_999.999],
  ['3,50', '.', undefined],
  ['3.50', ',', undefined],
  ['1,234.50', '.', undefined],
  ['1.234,50', ',', undefined],
  ['1e3', '.', undefined],
  ['0.1000000000000000055', '.', undefined],
  ['9007199254740993', '.', undefined],
  ['-0', '.', undefined],
  ['€ 3', '.', undefined],
  ['٣', '.', undefined],
  ['.5', '.', undefined],
  ['', '.', undefined],
] as const)('the cell %j with %j is %p, never rounded', (cell, decimal, number) =>
  expect(numberIn(cell, decimal)).toBe(number),
);

describe('what is wrong is said with its line and column', () => {
  test('by the mapping, by the body, by the ledger', async () => {
    const refuse = ({ customer_id, line_items }: { customer_id: string; line_items: { item_id: string }[] }) => {
      if (customer_id === 'C-9') return new Problem('unknown_customer', { customer_id });
      const item = line_items.find(({ item_id }) => item_id === 'z');
      return (
        item &&
        new Problem('insufficient_stock', {
          item_id: 'z',
          location_id: 'main',
          available: 0,
          requested: 1,
          shortage: 1,
        })
      );
    };
    const text = [
      'number,Kunde,item_id,quantity,unit_price',
      '1,C-1,a,"1,5",4',
      '2,C-1,a,0,4',
      '3,C-1,a,1,4',
      '3,C-2,b,1,4',
      '4,C-9,a,1,4',
      '5,C-1,a,1,4',
      '5,C-1,z,1,4',
      '6,C-1,b,1,4,5',
      '7,C-1,b,,-1',
      '1,C-1,a,1,4',
      ',C-1,a,1,4',
      '8,C-1,a,1,4',
    ].join('\n');
    const mapping = { columns: { customer_id: 'Kunde' } };
    const { imports, bodies } = books();
    const report = await imports(text, { mapping, refuse: refuse as never });
    expect(report.refusals.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'quantity', 'validation'],
      [3, 'quantity', 'validation'],
      [5, 'Kunde', 'validation'],
      [6, 'Kunde', 'unknown_customer'],
      [8, 'item_id', 'insufficient_stock'],
      [9, null, 'validation'],
      [10, 'unit_price', 'validation'],
      [11, null, 'validation'],
      [12, null, 'validation'],
    ]);
    expect(report.refusals.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('quantity: 1,5 is no number'),
      expect.stringContaining('quantity: must be a whole number from 1'),
      'Kunde: differs from line 4 of the same document',
      'No such customer: customer_id C-9.',
      expect.stringMatching(/^Not enough stock/),
      expect.stringContaining('has more cells than there are columns'),
      expect.stringMatching(/^line 10, unit_price: must be a price .*; line 10, quantity: is required$/),
      expect.stringContaining('lines of a document stand together: 1 was on line 2'),
      expect.stringContaining('is empty'),
    ]);
    expect(report).toMatchObject({ lines: 12, documents: 10, recorded: 1, refused: 9, stopped: null });
    expect(bodies()).toHaveLength(1);
  });
  test('and the refused lines are a file again, which is imported when it is mended', async () => {
    const { imports, bodies } = books();
    const text =
      'number;customer_id;item_id;quantity;unit_price;notes\n1;C-1;a;1;4;"=1+1; ""x"""\n1;C-1;b;x;4;\n2;C-1;a;1;4;\n';
    const first = await imports(text, { key: 'k' });
    expect(first.csv).toBe(
      'number;customer_id;item_id;quantity;unit_price;notes;refused_line;refused_column;refused_code;refused_why\r\n' +
        '1;C-1;a;1;4;"\'=1+1; ""x""";2;quantity;validation;quantity: x is no number of at most 15 digits with a decimal point and without thousands separators\r\n' +
        '1;C-1;b;x;4;;3;quantity;validation;quantity: x is no number of at most 15 digits with a decimal point and without thousands separators\r\n',
    );
    expect(await imports(first.csv.replace(';x;', ';2;'), { key: 'k' })).toMatchObject({ recorded: 1, refused: 0 });
    expect(bodies()).toContainEqual({
      customer_id: 'C-1',
      notes: '=1+1; "x"',
      line_items: [
        { item_id: 'a', quantity: 1, unit_price: 4 },
        { item_id: 'b', quantity: 2, unit_price: 4 },
      ],
    });
  });
  test('before anything is recorded, where the file lacks a column or has it twice, or the mapping is of something else', async () => {
    expect(await problemOf('customer_id,item_id,item_id\n')).toMatchObject({
      code: 'validation',
      errors: [
        { path: 'line_items_item_id', message: 'the file has two columns item_id' },
        { path: 'line_items_quantity', message: 'the file has no column line_items_quantity or quantity' },
        { path: 'line_items_unit_price', message: 'the file has no column line_items_unit_price or unit_price' },
      ],
    });
    const lacking = await problemOf('a\n', {
      type: 'accounts',
      mapping: { columns: { name: 'Konto' }, values: { account_id: 'x', type: 'asset' } },
    });
    expect(lacking.errors).toEqual([{ path: 'name', message: 'the file has no column Konto' }]);
    expect(await problemOf('a\n', { mapping: { columns: { colour: 'a' } } })).toMatchObject({
      code: 'invalid_parameter',
      errors: [
        { path: 'mapping.columns.colour', message: expect.stringMatching(/^is no field; there are customer_id, /) },
      ],
    });
    expect(await problemOf('customer_id,item_id,quantity,unit_price\n', { reference: 'Beleg' })).toMatchObject({
      errors: [{ path: 'reference', message: 'the file has no column Beleg' }],
    });
  });
});

describe('a second run', () => {
  const header = 'customer_id,item_id,quantity,unit_price\n';
  const lines = ['C-1,a,1,4\n', 'C-1,a,1,4\n', 'C-2,b,2,4\n'];
  test('records nothing, equal lines are as many as there were, and added ones are new', async () => {
    const { imports } = books();
    expect(await imports(header + lines.join(''), { key: 'march' })).toMatchObject({ recorded: 3, recorded_before: 0 });
    expect(await imports(header + lines.join(''), { key: 'march' })).toMatchObject({ recorded: 0, recorded_before: 3 });
    const more = [lines[2], 'C-3,b,2,4\n', lines[0], lines[0], lines[0]].join('');
    expect(await imports(header + more, { key: 'march' })).toMatchObject({ recorded: 2, recorded_before: 3 });
    expect(await imports(header + lines.join(''), { key: 'april' })).toMatchObject({ recorded: 3 });
    expect(await imports(header + lines.join(''))).toMatchObject({ recorded: 3 });
  });
  test('knows a document by its reference, whatever else it says', async () => {
    const { imports, keys } = books();
    const text = 'number,customer_id,item_id,quantity,unit_price\n1,C-1,a,1,4\n2,C-1,a,1,4\n';
    expect(await imports(text, { key: 'k' })).toMatchObject({ recorded: 2 });
    // The ledger refuses the other body.
    await imports(text.replace('2,C-1,a,1', '2,C-1,a,5'), { key: 'k' });
    expect(keys()).toHaveLength(2);
    expect(keys()[0]).toMatch(/^import:[\w-]{22}$/);
  });
});

describe('a file is not read to its end', () => {
  const header = 'customer_id,item_id,quantity,unit_price\n';
  test('where it is no CSV any more; a document that is cut off is none', async () => {
    const { imports, bodies } = books();
    const text = `number,${header}1,C-1,a,1,4\n2,C-1,a,1,4\n2,C-1,"b,1,4\n`;
    expect(await imports(text)).toMatchObject({
      recorded: 1,
      refused: 0,
      stopped: { code: 'malformed_csv', detail: 'a quote is opened and not closed' },
    });
    expect(bodies()).toHaveLength(1);
    expect(await problemOf(`number,${header}1,C-1,a,1,"4\n`)).toMatchObject({ status: 400, code: 'malformed_csv' });
  });
  test('where a document has more lines than one may have, none of it is recorded', async () => {
    const text = `number,${header}${'1,C-1,a,1,4\n'.repeat(501)}2,C-1,a,1,4\n`;
    const { refusals, recorded, refused } = await books().imports(text);
    expect([recorded, refused, refusals.map(({ rows }) => rows.length)]).toEqual([1, 2, [500, 1]]);
    expect(refusals[1]!.detail).toMatch(/at most 500 lines/);
  });
  test('where too much is refused', async () => {
    const { stopped, lines, refused } = await books().imports(`${header}${'C-1,a,x,4\n'.repeat(20_000)}`);
    expect(stopped).toMatchObject({ code: null, detail: expect.stringMatching(/lines are refused/) });
    expect([refused > 10_000, lines < 12_000]).toEqual([true, true]);
  });
  test('where nothing more can be recorded; if nothing was, that is the answer', async () => {
    let asked = 0;
    const refuse = () => (++asked > 2 ? new Problem('log_unavailable') : undefined);
    const text = header + 'C-1,a,1,4\n'.repeat(5000);
    const report = await books().imports(text, { refuse });
    expect(report).toMatchObject({ recorded: 2, stopped: { code: 'log_unavailable' } });
    expect(report.lines).toBeLessThan(2000);
    expect(report.refusals.every(({ retry }) => retry)).toBe(true);
    expect(await problemOf(text, { refuse: () => new Problem('ledger_halted') })).toMatchObject({
      code: 'ledger_halted',
    });
  });
  test('beyond its limit of lines', async () => {
    const table = await readCsv(
      (async function* () {
        yield Buffer.from(header);
      })(),
    );
    const records = (async function* (): AsyncGenerator<CsvRecord> {
      for (let line = 2; line < 2000; line += 1) yield { line, cells: ['C-1', 'a', '1', '4'] };
    })();
    const columns = columnsIn(table.header, specOf('sales'), {});
    const settings = {
      type: 'sales',
      decimal: '.' as const,
      one_document: false,
      dry_run: false,
      key: undefined,
      lines_max: 1000,
    };
    const report = await importTable({ ...settings, columns, table: { ...table, records } }, async () => ({
      is_replayed: false,
      awaits_approval: false,
    }));
    expect(report).toMatchObject({
      recorded: 1000,
      stopped: { detail: expect.stringMatching(/at most 1000 lines/) },
    });
  });
});
