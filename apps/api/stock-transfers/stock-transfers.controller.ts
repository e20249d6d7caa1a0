import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { TransferStock } from './transfer-stock.command.js';

@ApiTags('stock-transfers')
@Controller('stock-transfers')
export class StockTransfersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(TransferStock, {
    operation: 'recordStockTransfer',
    summary: 'Records a stock transfer',
    answer: 'StockTransfer',
    approvable: true,
  })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(TransferStock, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, {
    operation: 'voidStockTransfer',
    summary: 'Takes a stock transfer back whole',
    answer: 'StockTransfer',
  })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('stock_transfer', number));
  }
}
