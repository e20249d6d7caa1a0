import { Module } from '@nestjs/common';
import { CheckOutReservationHandler } from './check-out-reservation.command.js';
import { ReleaseReservationHandler } from './release-reservation.command.js';
import { ReservationsController } from './reservations.controller.js';
import { GetReservationHandler, ListReservationsHandler } from './reservations.queries.js';
import { ReserveStockHandler } from './reserve-stock.command.js';

@Module({
  controllers: [ReservationsController],
  providers: [
    ReserveStockHandler,
    CheckOutReservationHandler,
    ReleaseReservationHandler,
    ListReservationsHandler,
    GetReservationHandler,
  ],
})
export class ReservationsModule {}
