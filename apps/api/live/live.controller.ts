import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { DocumentView } from '../../../libs/documents/documents.js';
import { eventsBehind } from '../../../projections/read-models/list-events.js';
import { isOrderOpen, ordersTouched } from '../../../projections/read-models/open-orders.js';
import { type StockAtPlace, stockTouched } from '../../../projections/read-models/stock.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { invalidParameters } from '../http/problem.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { ReadModels } from '../read-models.js';
import { ApiStream } from './api-stream.js';
import { EventFeed } from './event-feed.js';
import { KeyedFeed, type KeyedOptions } from './keyed-feed.js';
import { EventMessage, OrderMessage, StockMessage } from './live.dto.js';
import { EventStreamParameters, OrderStreamParameters, StockStreamParameters } from './live.parameters.js';
import { LiveStreams, type Shown } from './live-streams.js';

@ApiTags('live')
@Controller('stream')
export class LiveController {
  constructor(
    private readonly streams: LiveStreams,
    private readonly models: ReadModels,
  ) {}

  @Get('stock')
  @Permit('signed_in')
  @ApiStream(
    'streamStock',
    'Streams the stock by item and location, and each change of it',
    `\`state\`: all places, in parts of 500; the last part has \`complete: true\` and the id. \`change\`: places as they are now, each at most five times a second. What happened between two changes of a place is not told.`,
    StockMessage,
    {
      position: 42,
      data: [
        {
          ...{ item_id: 'bottle', location_id: 'main', on_hand: 98, reserved: 0, available: 98 },
          ...{ average_cost: 3.5, value: 343 },
        },
      ],
    },
  )
  stock(
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
    @Query() { item_id, location_id, position }: StockStreamParameters,
  ): Promise<void> {
    const shown = this.stockShown({ item_id, location_id }, lastOf(request) ?? position);
    return this.streams.begin(request, reply, shown);
  }

  @Get('events')
  @Permit('audits')
  @ApiStream(
    'streamEvents',
    'Streams every event of the ledger as it was recorded, in order, without gaps',
    `\`state\`: where the stream begins, if no position was asked for. \`event\`: one event, as \`GET /audit/events\` shows it.`,
    EventMessage,
    {
      ...{ position: 42, type: 'SaleRecorded', actor: 'maria' },
      ...{ recorded_at: '2026-03-02T08:00:00.000Z', effective_at: '2026-03-02T08:00:00.000Z' },
      ...{ data: { number: 'SO-260302-0001' }, metadata: {} },
    },
  )
  events(
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
    @Query() { type, position }: EventStreamParameters,
  ): Promise<void> {
    return this.streams.begin(request, reply, this.eventsShown(type, lastOf(request) ?? position));
  }

  @Get('orders')
  @Permit('signed_in')
  @ApiStream(
    'streamOrders',
    'Streams the orders that have not ended, and each change of an order; staff see their own',
    `\`state\`: orders of which more is to come, in parts of 500; the last part has \`complete: true\` and the id. \`change\`: orders as they are now, also those that have ended, each at most five times a second.`,
    OrderMessage,
    { position: 41, complete: true, data: [] },
  )
  orders(
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
    @Query() { order_id, position }: OrderStreamParameters,
  ): Promise<void> {
    const filter = { order_id, created_by: ownOnly(userOf(request)) };
    return this.streams.begin(request, reply, this.ordersShown(filter, lastOf(request) ?? position));
  }

  private stockShown(filter: StockFilter, from: number | undefined): Shown<StockFeed> {
    const options: KeyedOptions<StockAtPlace, StockFilter> = {
      read: (ledger, position, which) =>
        this.models.read({ ledger }, async (snapshot) => ({
          position: snapshot.position,
          rows: await stockTouched(snapshot, position, which),
        })),
      keyOf: (place) => `${place.item_id}\n${place.location_id}`,
      isShown: (place, { item_id = place.item_id, location_id = place.location_id }) =>
        place.item_id === item_id && place.location_id === location_id,
    };
    const make = (ledger: string) => new KeyedFeed(ledger, options);
    return { name: 'stock', permit: 'signed_in', make, from, follow: (feed) => feed.follow(filter, from) };
  }

  private ordersShown(filter: OrderFilter, from: number | undefined): Shown<OrderFeed> {
    const options: KeyedOptions<DocumentView, OrderFilter> = {
      read: (ledger, position, which) =>
        this.models.read({ ledger }, async (snapshot) => ({
          position: snapshot.position,
          rows: await ordersTouched(snapshot, position, which),
        })),
      keyOf: ({ number }) => number,
      isShown: (order, { order_id = order.number, created_by = order.created_by }) =>
        order.number === order_id && order.created_by === created_by,
      isOver: (order) => !isOrderOpen(order),
    };
    const make = (ledger: string) => new KeyedFeed(ledger, options);
    return { name: 'orders', permit: 'signed_in', make, from, follow: (feed) => feed.follow(filter, from) };
  }

  private eventsShown(type: string | undefined, from: number | undefined): Shown<EventFeed> {
    const make = (ledger_id: string) =>
      new EventFeed(ledger_id, (ledger, position, count, types) =>
        this.models.read({ ledger }, (snapshot) => eventsBehind(snapshot, position, count, types)),
      );
    return { name: 'events', permit: 'audits', make, from, follow: (feed) => feed.follow(type, from) };
  }
}

interface StockFilter {
  item_id?: string | undefined;
  location_id?: string | undefined;
}
interface OrderFilter {
  order_id?: string | undefined;
  created_by?: string | undefined;
}
type StockFeed = KeyedFeed<StockAtPlace, StockFilter>;
type OrderFeed = KeyedFeed<DocumentView, OrderFilter>;

function lastOf({ headers }: ApiRequest): number | undefined {
  const text = headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  if (typeof text === 'string' && /^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw invalidParameters([{ path: 'Last-Event-ID', message: 'must be a position of the ledger' }]);
}
