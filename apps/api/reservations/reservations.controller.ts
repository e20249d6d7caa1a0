import { Controller, Delete, Get, Param, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { documentPage } from '../documents/document.schema.js';
import { documentFilterOf } from '../documents/documents.parameters.js';
import type { DocumentPage } from '../documents/read-documents.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { reference } from '../http/schema.js';
import { ApiAnswer, ApiList } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { CheckOutReservation } from './check-out-reservation.command.js';
import { ReleaseReservation } from './release-reservation.command.js';
import { Reservation, ReservationsParameters } from './reservations.dto.js';
import { GetReservation, ListReservations } from './reservations.queries.js';
import { ReserveStock } from './reserve-stock.command.js';

@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(ReserveStock, {
    operation: 'reserveStock',
    summary: 'Reserves stock for a limited time, all lines or none',
    answer: Reservation,
  })
  reserve(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(ReserveStock, exchange);
  }

  @Post(':id/checkout')
  @Permit('records')
  @ApiCommand(CheckOutReservation, {
    operation: 'checkOutReservation',
    summary: 'Turns a reservation into a sale, once; what is not taken is released',
    answer: reference('Sale'),
    approvable: true,
  })
  checkOut(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(CheckOutReservation, exchange, id);
  }

  @Delete(':id')
  @Permit('records')
  @ApiCommand(ReleaseReservation, {
    operation: 'releaseReservation',
    summary: 'Releases a reservation: its pieces are available again',
    answer: Reservation,
  })
  release(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ReleaseReservation, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listReservations',
    'Lists reservations, the last recorded first',
    documentPage(Reservation),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: ReservationsParameters): Promise<DocumentPage<Reservation>> {
    return this.queries.execute(
      new ListReservations(snapshotQueryOf(request, query), documentFilterOf(request, query)),
    );
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiAnswer('getReservation', 'Gets a reservation, with what became of it', Reservation, 'unknown_reservation')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Reservation> {
    return this.queries.execute(new GetReservation(snapshotQueryOf(request, query), id, ownOnly(userOf(request))));
  }
}
