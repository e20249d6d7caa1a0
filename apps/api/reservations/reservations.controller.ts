import { Controller, Delete, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { CheckOutReservation } from './check-out-reservation.command.js';
import { ReleaseReservation } from './release-reservation.command.js';
import { ReserveStock } from './reserve-stock.command.js';

@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(ReserveStock, {
    operation: 'reserveStock',
    summary: 'Sets pieces aside for a limited time, all lines or none',
    answer: 'Reservation',
  })
  reserve(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(ReserveStock, exchange);
  }

  @Post(':id/checkout')
  @Permit('records')
  @ApiCommand(CheckOutReservation, {
    operation: 'checkOutReservation',
    summary: 'Makes it a sale, once; what is not taken is released',
    answer: 'Sale',
    approvable: true,
  })
  checkOut(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(CheckOutReservation, exchange, id);
  }

  @Delete(':id')
  @Permit('records')
  @ApiCommand(ReleaseReservation, {
    operation: 'releaseReservation',
    summary: 'Lets the pieces go',
    answer: 'Reservation',
  })
  release(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ReleaseReservation, exchange, id);
  }
}
