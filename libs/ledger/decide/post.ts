/** What moves stock or money, by its command. */
import type { PostingCommand } from '../commands.js';
import { countStock, returnBill, voidDocument } from './corrections.js';
import type { Context, Decision } from './guards.js';
import { withCountsRight } from './late-slips.js';
import { recordPayment, transferMoney, writeOff } from './money-postings.js';
import { recordBlow, recordPurchase, recordSale, recordWaste, transferStock } from './stock-postings.js';

export function post(context: Context, command: PostingCommand): Decision {
  return withCountsRight(context, command, (dated) => decidePosting(dated, command));
}

function decidePosting(context: Context, command: PostingCommand): Decision {
  switch (command.type) {
    case 'record_purchase':
      return recordPurchase(context, command);
    case 'record_blow':
      return recordBlow(context, command);
    case 'record_sale':
      return recordSale(context, command);
    case 'record_waste':
      return recordWaste(context, command);
    case 'transfer_stock':
      return transferStock(context, command);
    case 'transfer_money':
      return transferMoney(context, command);
    case 'record_payment':
      return recordPayment(context, command);
    case 'write_off':
      return writeOff(context, command);
    case 'count_stock':
      return countStock(context, command);
    case 'return_bill':
      return returnBill(context, command);
    case 'void_document':
      return voidDocument(context, command);
    default:
      return command satisfies never;
  }
}
