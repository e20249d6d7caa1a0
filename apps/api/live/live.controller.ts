import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { eventsBehind } from '../../../projections/read-models/list-events.js';
import { stockTouched } from '../../../projections/read-models/stock.js';
import { Permit } from '../auth/permit.js';
import { invalidParameters } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import { ReadModels } from '../read-models.js';
import { ApiStream } from './api-stream.js';
import { EventFeed } from './event-feed.js';
import { EventStreamParameters, StockStreamParameters } from './live.parameters.js';
import { LiveStreams, type Shown } from './live-streams.js';
import { StockFeed, type StockFilter } from './stock-feed.js';

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
    'What lies where, and each change of it',
    `\`state\`: all places, in parts of 500; the last part has \`complete: true\` and the id. \`change\`: places as they are now, each at most five times a second. What happened between two changes of a place is not told.`,
    `retry: 2718

id: 41
event: state
data: {"position":41,"complete":true,"data":[{"item_id":"bottle","location_id":"main","on_hand":100,"reserved":0,"available":100,"average_cost":3.5,"value":350}]}

id: 42
event: change
data: {"position":42,"data":[{"item_id":"bottle","location_id":"main","on_hand":98,"reserved":0,"available":98,"average_cost":3.5,"value":343}]}
`,
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
    'Every event of the ledger as it was recorded, in order, none left out',
    `\`state\`: where the stream begins, if no position was asked for. \`event\`: one event, as \`GET /audit/events\` shows it.`,
    `retry: 3141

id: 41
event: state
data: {"position":41}

id: 42
event: event
data: {"position":42,"type":"SaleRecorded","actor":"maria","recorded_at":"2026-03-02T08:00:00.000Z","effective_at":"2026-03-02T08:00:00.000Z","data":{"number":"SO-260302-0001"},"metadata":{}}
`,
  )
  events(
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
    @Query() { type, position }: EventStreamParameters,
  ): Promise<void> {
    return this.streams.begin(request, reply, this.eventsShown(type, lastOf(request) ?? position));
  }

  private stockShown(filter: StockFilter, from: number | undefined): Shown<StockFeed> {
    const make = (ledger_id: string) =>
      new StockFeed(ledger_id, (ledger, position, options) =>
        this.models.read({ ledger }, async (snapshot) => ({
          position: snapshot.position,
          places: await stockTouched(snapshot, position, options),
        })),
      );
    return { name: 'stock', permit: 'signed_in', make, follow: (feed) => feed.follow(filter, from) };
  }

  private eventsShown(type: string | undefined, from: number | undefined): Shown<EventFeed> {
    const make = (ledger_id: string) =>
      new EventFeed(ledger_id, (ledger, position, count, types) =>
        this.models.read({ ledger }, (snapshot) => eventsBehind(snapshot, position, count, types)),
      );
    return { name: 'events', permit: 'audits', make, follow: (feed) => feed.follow(type, from) };
  }
}

function lastOf({ headers }: ApiRequest): number | undefined {
  const text = headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  if (typeof text === 'string' && /^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw invalidParameters([{ path: 'Last-Event-ID', message: 'must be a position of the ledger' }]);
}
