import { Readable } from 'node:stream';
import { type CallHandler, type ExecutionContext, type NestInterceptor, StreamableFile } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { csvText } from '../../../libs/csv/write.js';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { ApiRequest } from '../http/request.js';
import { type CsvColumns, csvColumnsOf, csvRowsOf, isPaged } from './csv-rows.js';
import { LIMIT_MAX } from './parameters.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** @throws Problem unauthenticated where the request's session has ended */
    authenticateAgain(request: ApiRequest): Promise<void>;
  }
  interface FastifyContextConfig {
    of_one_position?: boolean;
  }
}

type AnyPage = Page<object> & { next_cursor?: string | null };

/** With `format=csv` a list is answered whole, page after page, as the client reads it. Each page is asked for as its user would ask. */
export class CsvPages implements NestInterceptor {
  private columns: CsvColumns | undefined;

  constructor(
    private readonly answer: object,
    private readonly name: string,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const query = request.query as Record<string, unknown>;
    const { format } = query;
    // Not one of the list's filters; any other word is refused by the parameters.
    if (format === 'json' || format === 'csv') delete query.format;
    return format === 'csv' ? from(this.whole(request, query, next)) : next.handle();
  }

  private async whole(request: ApiRequest, query: Record<string, unknown>, next: CallHandler): Promise<StreamableFile> {
    this.columns ??= csvColumnsOf(this.answer);
    const page = () => lastValueFrom(next.handle()) as Promise<AnyPage>;
    delete query.cursor;
    if (isPaged(this.answer)) query.limit = `${LIMIT_MAX}`;
    // Before any of it is sent: a refusal is a problem, not half a table.
    const first = await page();
    const { columns } = this;
    async function* rest(): AsyncGenerator<string> {
      yield csvText([columns!.map(({ name }) => name), ...csvRowsOf(columns!, first.data)]);
      if (request.routeOptions.config.of_one_position && isOfAnyMoment(query)) query.position ??= `${first.position}`;
      for (let cursor = first.next_cursor; typeof cursor === 'string'; ) {
        await request.server.authenticateAgain(request);
        query.cursor = cursor;
        const { data, next_cursor } = await page();
        yield csvText(csvRowsOf(columns!, data));
        cursor = next_cursor;
      }
    }
    return new StreamableFile(Readable.from(rest(), { objectMode: false }), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${this.name}.csv"`,
    });
  }
}

/** A list that is searched or sorted is of the present only. */
const OF_ANY_MOMENT = new Set([
  'limit',
  'cursor',
  'active',
  'item_id',
  'location_id',
  'as_of',
  'position',
  'min_position',
]);
function isOfAnyMoment(query: object): boolean {
  return Object.keys(query).every((name) => OF_ANY_MOMENT.has(name));
}
