import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { flashSaleFigures } from '../../../projections/read-models/flash-sales.js';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { FlashSale } from './flash-sales.dto.js';

/** `shows_sold`: not only what remains. */
export class ListFlashSales extends Query<DocumentPage<FlashSale>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
    readonly shows_sold: boolean,
  ) {
    super();
  }
}

@QueryHandler(ListFlashSales)
export class ListFlashSalesHandler implements IQueryHandler<ListFlashSales> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter, shows_sold }: ListFlashSales): Promise<DocumentPage<FlashSale>> {
    return this.models.read(at, async (snapshot) => {
      const page = await listDocumentsOfKind<FlashSale>(snapshot, 'flash_sale', filter);
      return { ...page, data: await withFigures(snapshot, page.data, shows_sold) };
    });
  }
}

export class GetFlashSale extends Query<FlashSale> {
  constructor(
    readonly at: SnapshotQuery,
    readonly flash_sale_id: string,
    readonly shows_sold: boolean,
  ) {
    super();
  }
}

@QueryHandler(GetFlashSale)
export class GetFlashSaleHandler implements IQueryHandler<GetFlashSale> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, flash_sale_id, shows_sold }: GetFlashSale): Promise<FlashSale> {
    return this.models.read(at, async (snapshot) => {
      const found = await getDocument<FlashSale>(snapshot, 'flash_sale', flash_sale_id, undefined);
      const [flash_sale] = await withFigures(snapshot, [found], shows_sold);
      return flash_sale!;
    });
  }
}

async function withFigures(snapshot: Snapshot, sales: readonly FlashSale[], shows_sold: boolean): Promise<FlashSale[]> {
  const figures = await flashSaleFigures(
    snapshot,
    sales.map(({ flash_sale_id }) => flash_sale_id),
  );
  return sales.map((sale) => {
    const of_sale = figures.get(sale.flash_sale_id)!;
    return { ...sale, ...(shows_sold ? of_sale : { remaining: of_sale.remaining }) };
  });
}
