import { Module } from '@nestjs/common';
import { ChangeItemHandler } from './change-item.command.js';
import { ItemsController } from './items.controller.js';
import { GetItemHandler, ListItemsHandler } from './items.queries.js';
import { RegisterItemHandler } from './register-item.command.js';

@Module({
  controllers: [ItemsController],
  providers: [RegisterItemHandler, ChangeItemHandler, ListItemsHandler, GetItemHandler],
})
export class ItemsModule {}
