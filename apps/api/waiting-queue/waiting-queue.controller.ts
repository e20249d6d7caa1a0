import { Controller, Get, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { isPermitted, ownOnly, Permit } from '../auth/permit.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { quickly } from '../http/fields.js';
import { ApiProblems } from '../http/openapi.js';
import { type ApiRequest, ledgerOf, userOf } from '../http/request.js';
import { checked } from '../http/validation.js';
import { ApiStream } from '../live/api-stream.js';
import { LiveStreams } from '../live/live-streams.js';
import { ApiAnswer } from '../queries/api-answer.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { QueueFeed } from './queue-feed.js';
import {
  DrawPage,
  DrawParameters,
  QueueMessage,
  QueueStreamParameters,
  Ticket,
  TicketBody,
  WaitingQueue,
} from './waiting-queue.dto.js';
import { shownQueue, WaitingQueues } from './waiting-queues.js';

const OF_QUEUE = ['unknown_flash_sale', 'no_queue'] as const;

/** Customers are no users: a shop takes their tickets. */
@ApiTags('flash-sales')
@Controller()
export class WaitingQueueController {
  constructor(
    private readonly queues: WaitingQueues,
    private readonly streams: LiveStreams,
  ) {}

  @Post('flash-sales/:id/queue/tickets')
  @Permit('records')
  @ApiOperation({
    operationId: 'joinQueue',
    summary: 'Takes a ticket for a customer; asked again, it is the same one until its pass was used or has lapsed',
  })
  @ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } })
  @ApiHeader({
    name: 'Ledger-Position',
    required: false,
    description: 'of the answer to a command: flash sale and customer are known as of then',
    schema: { type: 'integer', format: 'int64' },
  })
  @ApiBody({ type: TicketBody })
  @ApiResponse({ status: 201, description: 'a new ticket', schema: Ticket })
  @ApiResponse({ status: 200, description: 'the one that there was', schema: Ticket })
  @ApiProblems(
    ...(['validation', 'malformed_json', 'invalid_parameter', 'unknown_ledger', 'payload_too_large'] as const),
    ...(['unsupported_media_type', 'overloaded', 'projection_behind', 'projection_halted'] as const),
    ...([...OF_QUEUE, 'flash_sale_closed', 'unknown_customer', 'inactive_customer'] as const),
  )
  async join(@CurrentExchange() { request, reply }: Exchange, @Param('id') flash_sale_id: string): Promise<Ticket> {
    const body = quickly(TicketBody, request.body) ?? checked(TicketBody, request.body);
    const { customer_id } = body as TicketBody;
    const { ledger, min_position } = snapshotQueryOf(request, {});
    const { username } = userOf(request);
    const { is_new, ticket } = await this.queues.join({ ledger, flash_sale_id }, customer_id, username, min_position);
    reply.status(is_new ? HttpStatus.CREATED : HttpStatus.OK);
    return ticket;
  }

  @Get('flash-sales/:id/queue/tickets/:customer_id')
  @Permit('signed_in')
  @ApiAnswer(
    'getQueueTicket',
    'How far it is, with the pass once its turn has come',
    Ticket,
    ...OF_QUEUE,
    'unknown_record',
  )
  ticket(
    @Req() request: ApiRequest,
    @Param('id') flash_sale_id: string,
    @Param('customer_id') customer_id: string,
  ): Promise<Ticket> {
    const { ledger, min_position } = snapshotQueryOf(request, {});
    const shows_pass = isPermitted(userOf(request).role, 'records');
    return this.queues.ticket({ ledger, flash_sale_id }, customer_id, shows_pass, min_position);
  }

  @Get('flash-sales/:id/queue')
  @Permit('signed_in')
  @ApiAnswer('getQueue', 'How far it is, how many wait, and what became of the passes', WaitingQueue, ...OF_QUEUE)
  figures(@Req() request: ApiRequest, @Param('id') flash_sale_id: string): Promise<WaitingQueue> {
    const { ledger, min_position } = snapshotQueryOf(request, {});
    const shows_passes = ownOnly(userOf(request)) === undefined;
    return this.queues.figures({ ledger, flash_sale_id }, shows_passes, min_position);
  }

  @Get('flash-sales/:id/queue/draw')
  @Permit('signed_in')
  @ApiAnswer('getDraw', 'The numbers that were drawn at the start, to be checked by the seed', DrawPage, ...OF_QUEUE)
  draw(
    @Req() request: ApiRequest,
    @Param('id') flash_sale_id: string,
    @Query() { limit, cursor }: DrawParameters,
  ): Promise<DrawPage> {
    const { ledger, min_position } = snapshotQueryOf(request, {});
    const shows_customers = isPermitted(userOf(request).role, 'reads');
    return this.queues.draw({ ledger, flash_sale_id }, { limit, cursor, min_position }, shows_customers);
  }

  @Get('stream/queue')
  @Permit('signed_in')
  @ApiStream(
    'streamQueue',
    'How far a waiting queue is: a client subtracts its own number from the one that is served',
    `\`queue\`: as it is now, then at most once a second whenever it has changed. Silent until somebody has joined. It has no ids: who comes back is told what is true by then.`,
    QueueMessage,
    {
      flash_sale_id: 'FS-261201-0001',
      status: 'open',
      serving: 1200,
      last_number: 48210,
      waiting: 47010,
      let_in_per_minute: 600,
      remaining: 812,
    },
  )
  async stream(
    @Req() request: ApiRequest,
    @Res() reply: FastifyReply,
    @Query() { flash_sale_id }: QueueStreamParameters,
  ): Promise<void> {
    await this.queues.assertQueue({ ledger: ledgerOf(request), flash_sale_id });
    return this.streams.begin(request, reply, {
      name: 'queue',
      permit: 'signed_in',
      make: (of_ledger) =>
        new QueueFeed(of_ledger, async (ledger) => (await this.queues.open(ledger)).map((row) => shownQueue(row))),
      follow: (feed) => feed.follow(flash_sale_id),
    });
  }
}
