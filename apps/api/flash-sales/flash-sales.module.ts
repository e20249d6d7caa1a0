import { Module } from '@nestjs/common';
import { CancelOrderHandler } from './cancel-order.command.js';
import { ChangeQueueHandler } from './change-queue.command.js';
import { CloseFlashSaleHandler } from './close-flash-sale.command.js';
import { FlashSalesController } from './flash-sales.controller.js';
import { GetFlashSaleHandler, ListFlashSalesHandler } from './flash-sales.queries.js';
import { LiftQueueHandler } from './lift-queue.command.js';
import { OpenFlashSaleHandler } from './open-flash-sale.command.js';
import { OrdersController } from './orders.controller.js';
import { GetOrderHandler, ListOrdersHandler } from './orders.queries.js';
import { PlaceOrderHandler } from './place-order.command.js';

@Module({
  controllers: [FlashSalesController, OrdersController],
  providers: [
    OpenFlashSaleHandler,
    CloseFlashSaleHandler,
    ChangeQueueHandler,
    LiftQueueHandler,
    PlaceOrderHandler,
    CancelOrderHandler,
    ListFlashSalesHandler,
    GetFlashSaleHandler,
    ListOrdersHandler,
    GetOrderHandler,
  ],
})
export class FlashSalesModule {}
