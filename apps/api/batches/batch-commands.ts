import { ChangeAccount } from '../accounts/change-account.command.js';
import { RegisterAccount } from '../accounts/register-account.command.js';
import { Approve } from '../approvals/approve.command.js';
import { ChangeThreshold } from '../approvals/change-threshold.command.js';
import { Reject } from '../approvals/reject.command.js';
import { Withdraw } from '../approvals/withdraw.command.js';
import { RecordBlow } from '../blows/record-blow.command.js';
import type { CommandClass } from '../commands/ledger-command.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { ChangeItem } from '../items/change-item.command.js';
import { RegisterItem } from '../items/register-item.command.js';
import { ChangeLocation } from '../locations/change-location.command.js';
import { RegisterLocation } from '../locations/register-location.command.js';
import { TransferMoney } from '../money-transfers/transfer-money.command.js';
import { ChangeCustomer } from '../parties/change-customer.command.js';
import { ChangeSupplier } from '../parties/change-supplier.command.js';
import { RegisterCustomer } from '../parties/register-customer.command.js';
import { RegisterSupplier } from '../parties/register-supplier.command.js';
import { RecordPayment } from '../payments/record-payment.command.js';
import { ClosePeriod } from '../periods/close-period.command.js';
import { ReopenPeriod } from '../periods/reopen-period.command.js';
import { RecordPurchase } from '../purchases/record-purchase.command.js';
import { CheckOutReservation } from '../reservations/check-out-reservation.command.js';
import { ReleaseReservation } from '../reservations/release-reservation.command.js';
import { ReserveStock } from '../reservations/reserve-stock.command.js';
import { ReturnBill } from '../returns/return-bill.command.js';
import { RecordSale } from '../sales/record-sale.command.js';
import { CountStock } from '../stock-counts/count-stock.command.js';
import { TransferStock } from '../stock-transfers/transfer-stock.command.js';
import { RecordWaste } from '../wastes/record-waste.command.js';
import { WriteOffBill } from '../write-offs/write-off-bill.command.js';

// biome-ignore lint/suspicious/noExplicitAny: of any kind of command
const COMMANDS: readonly CommandClass<any>[] = [
  RegisterItem,
  ChangeItem,
  RegisterSupplier,
  ChangeSupplier,
  RegisterCustomer,
  ChangeCustomer,
  RegisterLocation,
  ChangeLocation,
  RegisterAccount,
  ChangeAccount,
  RecordPurchase,
  RecordBlow,
  RecordSale,
  RecordWaste,
  TransferStock,
  TransferMoney,
  RecordPayment,
  WriteOffBill,
  CountStock,
  ReturnBill,
  VoidDocument,
  Approve,
  Reject,
  Withdraw,
  ChangeThreshold,
  ReserveStock,
  CheckOutReservation,
  ReleaseReservation,
  ClosePeriod,
  ReopenPeriod,
];

/** By the word that a line of `/batches` has as its `type`. */
export const BATCH_COMMANDS = new Map(COMMANDS.map((command) => [command.spec.word!, command]));
