/** Nothing was written. In order of precedence; `retry`: the same command may succeed later. */
export const REFUSALS = {
  idempotency_key_reused: { retry: false, title: 'This Idempotency-Key was used for another request' },
  unknown_ledger: { retry: false, title: 'No such ledger' },
  ledger_exists: { retry: false, title: 'This ledger is open already' },
  batch_too_large: { retry: false, title: 'More than one append can hold' },
  validation: { retry: false, title: 'The request is not valid' },
  unknown_item: { retry: false, title: 'No such item' },
  unknown_supplier: { retry: false, title: 'No such supplier' },
  unknown_customer: { retry: false, title: 'No such customer' },
  unknown_location: { retry: false, title: 'No such location' },
  unknown_account: { retry: false, title: 'No such account' },
  unknown_document: { retry: false, title: 'No such document' },
  unknown_approval: { retry: false, title: 'No such approval' },
  unknown_reservation: { retry: false, title: 'No such reservation' },
  unknown_flash_sale: { retry: false, title: 'No such flash sale' },
  unknown_order: { retry: false, title: 'No such order' },
  changed_since: { retry: false, title: 'It has been changed since; read it again' },
  flash_sale_closed: { retry: false, title: 'The flash sale is over' },
  sold_out: { retry: true, title: 'Fewer pieces remain in the flash sale' },
  inactive_item: { retry: false, title: 'The item is inactive' },
  inactive_supplier: { retry: false, title: 'The supplier is inactive' },
  inactive_customer: { retry: false, title: 'The customer is inactive' },
  inactive_location: { retry: false, title: 'The location is inactive' },
  inactive_account: { retry: false, title: 'The account is inactive' },
  effective_in_future: { retry: true, title: 'The effective date lies in the future' },
  period_closed: { retry: false, title: 'The month is closed, and nothing can be dated in it any more' },
  period_not_over: { retry: true, title: 'The period is not over yet' },
  period_not_closed: { retry: false, title: 'The period is not closed' },
  already_exists: { retry: false, title: 'The id is taken' },
  not_empty: { retry: true, title: 'Something is still there' },
  control_account: { retry: false, title: 'Only the ledger’s own events post to this account' },
  standard_account: { retry: false, title: 'Every ledger has this account, so it stays active' },
  not_a_money_account: { retry: false, title: 'Bills are paid from accounts that hold or owe money' },
  same_location: { retry: false, title: 'Both places are the same' },
  same_account: { retry: false, title: 'Both accounts are the same' },
  not_voidable: { retry: false, title: 'This kind of document cannot be voided' },
  not_returnable: { retry: false, title: 'Only sales and purchases can be returned' },
  not_payable: { retry: false, title: 'Only sales, purchases and late costs can be paid' },
  effective_before_document: { retry: false, title: 'It would be effective before the document that it refers to' },
  already_void: { retry: false, title: 'The document is void' },
  has_payments: { retry: false, title: 'The bill has payments, which must be void before it can be' },
  has_late_costs: { retry: false, title: 'The purchase has late costs, which must be void before it can be' },
  not_costable: { retry: false, title: 'Late costs are of purchases that were not sent back' },
  has_returns: { retry: false, title: 'The bill has returns, which must be void before it can be' },
  already_paid: { retry: false, title: 'The bill is paid' },
  overpayment: { retry: false, title: 'More than is owed' },
  return_exceeds_bill: { retry: false, title: 'More than the bill holds' },
  has_write_offs: { retry: false, title: 'The bill has write-offs, which must be void before it can be' },
  approval_decided: { retry: false, title: 'The approval is decided' },
  not_an_approver: { retry: false, title: 'Only a manager or an admin decides on approvals' },
  self_approval: { retry: false, title: 'Nobody approves their own request' },
  not_the_requester: { retry: false, title: 'Only the one who asked for it takes a request back' },
  reservation_expired: { retry: false, title: 'The reservation has expired' },
  reservation_ended: { retry: false, title: 'The reservation has ended' },
  exceeds_reservation: { retry: false, title: 'More than was reserved' },
  flash_sale_not_begun: { retry: true, title: 'The flash sale has not begun' },
  no_queue: { retry: false, title: 'The flash sale has no waiting queue' },
  not_together: { retry: false, title: 'These flash sales cannot be in one order' },
  pass_required: { retry: false, title: 'The flash sale has a waiting queue, and lets in whoever has its pass' },
  pass_invalid: { retry: false, title: 'This is no pass of ours' },
  pass_of_another: { retry: false, title: 'The pass is of another customer or flash sale' },
  pass_used: { retry: false, title: 'The pass was used before' },
  pass_expired: { retry: false, title: 'The pass has expired; take another ticket' },
  exceeds_customer_limit: { retry: false, title: 'More than one customer may buy in the flash sale' },
  charge_under_way: { retry: true, title: 'The order is being paid' },
  order_ended: { retry: false, title: 'The order has ended' },
  counted_since: { retry: false, title: 'The place has been counted since, and the count knows nothing of it' },
  backdated_beyond_history: { retry: false, title: 'Too far back to be checked against later stock' },
  too_many_adjustments: {
    retry: false,
    title: 'It would change the costs of more later movements than one command may',
  },
  insufficient_stock: { retry: true, title: 'Not enough stock' },
  insufficient_funds: { retry: true, title: 'Not enough money in the account' },
  amount_out_of_bounds: { retry: false, title: 'More than the books can hold' },
} as const satisfies Record<string, { retry: boolean; title: string }>;

export type RefusalCode = keyof typeof REFUSALS;

export interface Refusal {
  code: RefusalCode;
  /** Ids, quantities, amounts in major units. Never a secret. */
  details: Details;
}

/** The problem document's own fields (RFC 9457 and ours), which would hide a detail. */
type OwnField = 'type' | 'title' | 'status' | 'detail' | 'code' | 'error' | 'retry' | 'trace_id';
export type Details = Record<string, unknown> & { [field in OwnField]?: never };

export function refuse(code: RefusalCode, details: Details = {}): Refusal {
  return { code, details };
}

export function invalid(path: string, message: string): Refusal {
  return { code: 'validation', details: { errors: [{ path, message }] } };
}
