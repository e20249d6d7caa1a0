import type { Command, PostingCommand } from '../commands.js';
import type { PostingType } from '../document-kinds.js';
import { countStock, returnBill, voidDocument } from './corrections.js';
import { withCountAdjustments } from './count-adjustments.js';
import type { Context, Decision } from './guards.js';
import { recordPayment, transferMoney, writeOff } from './money-postings.js';
import { recordBlow, recordPurchase, recordSale, recordWaste, transferStock } from './stock-postings.js';

const DECIDE: {
  [T in PostingType]: (context: Context, command: Extract<PostingCommand, { type: T }>) => Decision;
} = {
  record_purchase: recordPurchase,
  record_blow: recordBlow,
  record_sale: recordSale,
  record_waste: recordWaste,
  transfer_stock: transferStock,
  transfer_money: transferMoney,
  record_payment: recordPayment,
  write_off: writeOff,
  count_stock: countStock,
  return_bill: returnBill,
  void_document: voidDocument,
};

export function isPosting(command: Command): command is PostingCommand {
  return Object.hasOwn(DECIDE, command.type);
}

export function post(context: Context, command: PostingCommand): Decision {
  // The row and the command are of one type, which TypeScript cannot see.
  const decidePosting = DECIDE[command.type] as (context: Context, command: PostingCommand) => Decision;
  return withCountAdjustments(context, command, (dated) => decidePosting(dated, command));
}
