import type { Command, PostingCommand } from '../commands.js';
import type { PostingType } from '../document-kinds.js';
import type { Context, Decision } from './context.js';
import { backdated } from './count-adjustments.js';
import { countStock } from './counts.js';
import { MONEY_POSTINGS } from './money-postings.js';
import { returnBill } from './returns.js';
import { STOCK_POSTINGS } from './stock-postings.js';
import { voidDocument } from './voids.js';

const DECIDE: {
  [T in PostingType]: (context: Context, command: Extract<PostingCommand, { type: T }>) => Decision;
} = {
  ...STOCK_POSTINGS,
  ...MONEY_POSTINGS,
  return_bill: returnBill,
  void_document: voidDocument,
  count_stock: countStock,
};

export function isPosting(command: Command): command is PostingCommand {
  return Object.hasOwn(DECIDE, command.type);
}

export function post(context: Context, command: PostingCommand): Decision {
  // The row and the command are of one type, which TypeScript cannot see.
  const decidePosting = DECIDE[command.type] as (context: Context, command: PostingCommand) => Decision;
  return backdated(context, command, (dated) => decidePosting(dated, command));
}
