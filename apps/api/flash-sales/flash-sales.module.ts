import { Module } from '@nestjs/common';
import { CancelOrderHandler } from './cancel-order.command.js';
import { CloseFlashSaleHandler } from './close-flash-sale.command.js';
import { FlashSalesController } from './flash-sales.controller.js';
import { GetFlashSaleHandler, ListFlashSalesHandler } from './flash-sales.queries.js';
import { OpenFlashSaleHandler } from './open-flash-sale.command.js';
import { OrdersController } from './orders.controller.js';
import { GetOrderHandler, ListOrdersHandler } from './orders.queries.js';
import { PlaceOrderHandler } from './place-order.command.js';

@Module({
  controllers: [FlashSalesController, OrdersController],
  providers: [
    OpenFlashSaleHandler,
    CloseFlashSaleHandler,
    PlaceOrderHandler,
    CancelOrderHandler,
    ListFlashSalesHandler,
    GetFlashSaleHandler,
    ListOrdersHandler,
    GetOrderHandler,
  ],
})
export class FlashSalesModule {}
