/**
 * Microsoft's AdventureWorks for `/batches`: each order is a purchase of what came and a waste of what was rejected.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface BatchLine {
  type: string;
  idempotency_key: string;
  body: Record<string, unknown>;
}

/** Tab-separated, no header. */
function rows(dir: string, file: string): string[][] {
  const text = readFileSync(join(dir, file), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
const idOf = (code: string) => code.replaceAll(/[^A-Za-z0-9._-]/g, '-');
const names = (table: string[][], id: number, code: number, name: number) =>
  new Map(table.map((row) => [row[id]!, { id: idOf(row[code]!), name: row[name]! }]));

interface Detail {
  product: string;
  unit_price: number;
  received: number;
  rejected: number;
}

export function* adventureWorksLines(dir: string): Generator<BatchLine> {
  const vendors = names(rows(dir, 'Vendor.csv'), 0, 1, 2);
  const products = names(rows(dir, 'Product.csv'), 0, 2, 1);
  const orders = rows(dir, 'PurchaseOrderHeader.csv').map(([id, , , , vendor, , , ship_date]) => ({
    id: Number(id),
    vendor: vendor!,
    shipped_at: `${ship_date!.replace(' ', 'T')}Z`,
  }));
  orders.sort((a, b) => (a.shipped_at < b.shipped_at ? -1 : a.shipped_at > b.shipped_at ? 1 : a.id - b.id));
  const details = new Map<number, Detail[]>();
  for (const [order, , , , product, unit_price, , received, rejected] of rows(dir, 'PurchaseOrderDetail.csv')) {
    const line = { product: product!, unit_price: Number(unit_price), received: Number(received) };
    const of_order = details.get(Number(order)) ?? [];
    details.set(Number(order), of_order);
    of_order.push({ ...line, rejected: Number(rejected) });
  }

  const known = new Set<string>();
  function* first(type: string, field: string, { id, name }: { id: string; name: string }, more = {}) {
    if (known.has(id)) return;
    known.add(id);
    yield { type, idempotency_key: `adventureworks-${type}-${id}`, body: { [field]: id, name, ...more } };
  }
  for (const { id, vendor, shipped_at } of orders) {
    const lines = details.get(id) ?? [];
    const supplier = vendors.get(vendor)!;
    yield* first('suppliers', 'supplier_id', supplier);
    for (const { product } of lines) yield* first('items', 'item_id', products.get(product)!, { kind: 'other' });
    const priced = lines.map(({ product, received, unit_price }) => ({
      item_id: products.get(product)!.id,
      quantity: received,
      unit_price,
    }));
    const body = { supplier_id: supplier.id, line_items: priced, effective_at: shipped_at };
    yield { type: 'purchases', idempotency_key: `adventureworks-purchase-${id}`, body };
    const rejected = lines
      .filter((line) => line.rejected > 0)
      .map((line) => ({ item_id: products.get(line.product)!.id, quantity: line.rejected }));
    if (rejected.length === 0) continue;
    const waste = { line_items: rejected, reason: 'rejected on receipt', effective_at: shipped_at };
    yield { type: 'wastes', idempotency_key: `adventureworks-waste-${id}`, body: waste };
  }
}

const [, program, dir] = process.argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  if (dir === undefined) throw new Error('Name the folder of the CSV files.');
  for (const line of adventureWorksLines(dir)) process.stdout.write(`${JSON.stringify(line)}\n`);
}
