/** Stock, accounts and what was earned, as of any moment. */
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { calendarDay } from '../../../libs/ledger/calendar.js';
import { aging } from '../../../projections/aging.js';
import { accountBalance, listEntries, trialBalance } from '../../../projections/balances.js';
import type { Page, Paging } from '../../../projections/cursor.js';
import { dashboard } from '../../../projections/dashboard.js';
import { findMasterData } from '../../../projections/master-data.js';
import { profit } from '../../../projections/profit.js';
import type { View } from '../../../projections/scope.js';
import { explainStock, listMovements, listStock, stockOfItem } from '../../../projections/stock.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { isId } from '../http/fields.js';
import { isDay } from '../http/instants.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import type { Books } from '../read-models.js';
import { toCsv } from './csv.js';
import { documentHref } from './links.js';
import {
  AgingQuery,
  BooksQuery,
  ExplainQuery,
  inOrder,
  LIMIT_MAX,
  MovementsQuery,
  NowQuery,
  PeriodQuery,
  ProfitQuery,
  periodIn,
  StockQuery,
} from './parameters.js';
import { ApiQuestion, ApiReport } from './question-docs.js';
import { Questions } from './questions.js';
import { page, view } from './views.js';

@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @ApiQuestion('listStock', 'What lies where', page(view('StockAtPlace')))
  list(@Req() request: ApiRequest, @Query() query: StockQuery) {
    return this.questions.ask(request, query, ({ trx, view }) => listStock(trx, view, query));
  }

  @Get(':id')
  @ApiQuestion('getStock', 'One item, at all places together and at each', view('ItemStock'), 'unknown_item')
  one(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: BooksQuery) {
    return this.questions.ask(request, query, async (books) => {
      await knownItem(books, item_id);
      return stockOfItem(books.trx, books.view, item_id);
    });
  }

  @Get(':id/movements')
  @ApiQuestion('listMovements', 'What came and went, the last recorded first', page(view('Movement')), 'unknown_item')
  movements(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: MovementsQuery) {
    return this.questions.ask(request, query, async (books) => {
      await knownItem(books, item_id);
      return listMovements(books.trx, books.view, { ...query, item_id, ...periodIn(books.view, query) });
    });
  }

  @Get(':id/explain')
  @ApiQuestion(
    'explainStock',
    'How its value and average cost came about, step by step, the last recorded first',
    view('Explanation'),
    'unknown_item',
  )
  explain(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: ExplainQuery) {
    const { location_id, limit, cursor } = query;
    return this.questions.ask(request, query, async (books) => {
      await knownItem(books, item_id);
      const found = await explainStock(books.trx, books.view, { item_id, location_id, limit, cursor });
      return { ...found, data: found.data.map((step) => ({ ...step, href: documentHref(step.number) })) };
    });
  }
}

async function knownItem({ trx, view }: Books, item_id: string): Promise<void> {
  const item = isId(item_id) ? await findMasterData(trx, view, { kind: 'item', id: item_id }) : undefined;
  if (item === undefined) throw new Problem('unknown_item', { item_id });
}

@ApiTags('accounts')
@Controller()
export class BalancesController {
  constructor(private readonly questions: Questions) {}

  @Get('accounts/:id')
  @ApiQuestion('getAccount', 'An account and its balance', view('AccountBalance'), 'unknown_account')
  account(@Req() request: ApiRequest, @Param('id') account_id: string, @Query() query: BooksQuery) {
    return this.questions.ask(request, query, (books) => knownAccount(books, account_id));
  }

  @Get('accounts/:id/entries')
  @ApiQuestion('listEntries', "An account's statement, the last recorded first", page(view('Entry')), 'unknown_account')
  entries(@Req() request: ApiRequest, @Param('id') account_id: string, @Query() query: PeriodQuery) {
    return this.questions.ask(request, query, async (books) => {
      await knownAccount(books, account_id);
      return listEntries(books.trx, books.view, { ...query, account_id, ...periodIn(books.view, query) });
    });
  }

  @Get('trial-balance')
  @ApiQuestion('getTrialBalance', 'All accounts; debits equal credits', view('TrialBalance'))
  trialBalance(@Req() request: ApiRequest, @Query() query: BooksQuery) {
    return this.questions.ask(request, query, ({ trx, view }) => trialBalance(trx, view));
  }
}

/** An account of the chart, or one that the ledger keeps for a customer or a supplier. */
function isAccountId(text: string): boolean {
  return isId(text.replace(/^(receivable|payable):/, ''));
}
async function knownAccount({ trx, view }: Books, account_id: string) {
  const balance = isAccountId(account_id) ? await accountBalance(trx, view, account_id) : undefined;
  if (balance === undefined) throw new Problem('unknown_account', { account_id });
  const kept = await findMasterData(trx, view, { kind: 'account', id: account_id });
  return { ...kept, ...balance };
}

@ApiTags('reports')
@Controller()
export class ReportsController {
  constructor(private readonly questions: Questions) {}

  @Get('dashboard')
  @ApiQuestion('getDashboard', 'The factory at a glance, now', view('Dashboard'))
  dashboard(@Req() request: ApiRequest, @Query() query: NowQuery) {
    return this.questions.ask(request, query, ({ trx, view }) => dashboard(trx, view.ledger, today(view)));
  }

  @Get('reports/profit-loss')
  @ApiReport('getProfitLoss', 'What was sold, what it had cost, what was earned', view('ProfitLoss'))
  profitLoss(@TheExchange() { request, reply }: Exchange, @Query() query: ProfitQuery) {
    const { group_by = 'day', format } = query;
    inOrder(query.from, query.to);
    const ask =
      (paging: Paging) =>
      ({ trx, view }: Books) =>
        profit(trx, view, { ...query, ...paging, group_by });
    if (format !== 'csv') return this.questions.ask(request, query, ask(query));
    return this.table(request, reply, query, ask, `profit-loss-by-${group_by}`, PROFIT_COLUMNS);
  }

  @Get('reports/aging')
  @ApiReport('getAging', 'Who owes what to whom, by days since it was due', view('Aging'))
  aging(@TheExchange() { request, reply }: Exchange, @Query() query: AgingQuery) {
    const { as_of, known_at, format } = query;
    const ask =
      (paging: Paging) =>
      ({ trx, view }: Books) =>
        aging(trx, view, { ...paging, day: dayOf(view, as_of ?? known_at) });
    if (format !== 'csv') return this.questions.ask(request, query, ask(query));
    return this.table(request, reply, query, ask, 'aging', AGING_COLUMNS);
  }

  /** All pages of a report, asked for in one transaction, as CSV. */
  private async table<Row extends object>(
    request: ApiRequest,
    reply: FastifyReply,
    query: BooksQuery,
    ask: (paging: Paging) => (books: Books) => Promise<Page<Row>>,
    name: string,
    columns: readonly (keyof Row & string)[],
  ): Promise<string> {
    const rows = await this.questions.ask(request, query, async (books) => {
      const all: Row[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Page<Row> = await ask({ limit: LIMIT_MAX, cursor })(books);
        all.push(...page.data);
        cursor = page.next_cursor;
      }
      return all;
    });
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="${name}.csv"`);
    return toCsv(columns, rows);
  }
}

const PROFIT_COLUMNS = ['key', 'quantity', 'revenue', 'cost', 'profit'] as const;
const AGING_COLUMNS = [
  'owed',
  'party_id',
  'not_due',
  'days_0_30',
  'days_31_60',
  'days_61_90',
  'days_over_90',
  'total',
] as const;

/** The day of a moment where the ledger is; a day is itself. */
function dayOf({ time_zone }: View, when: string | undefined): string {
  if (isDay(when)) return when;
  return calendarDay(when ?? new Date().toISOString(), time_zone);
}
const today = (view: View) => dayOf(view, undefined);
