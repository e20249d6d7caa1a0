import { REFUSALS, type Refusal, type RefusalCode } from '../../../libs/ledger/refusals.js';

type Status = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 414 | 415 | 422 | 429 | 431 | 500 | 503;

const REFUSAL_STATUS: Record<RefusalCode, Status> = {
  idempotency_key_reused: 422,
  unknown_ledger: 404,
  ledger_exists: 409,
  batch_too_large: 413,
  validation: 422,
  unknown_item: 404,
  unknown_supplier: 404,
  unknown_customer: 404,
  unknown_location: 404,
  unknown_account: 404,
  unknown_document: 404,
  unknown_approval: 404,
  unknown_reservation: 404,
  unknown_flash_sale: 404,
  unknown_order: 404,
  changed_since: 412,
  flash_sale_closed: 409,
  sold_out: 409,
  inactive_item: 409,
  inactive_supplier: 409,
  inactive_customer: 409,
  inactive_location: 409,
  inactive_account: 409,
  effective_in_future: 422,
  period_closed: 409,
  period_not_over: 409,
  period_not_closed: 409,
  already_exists: 409,
  not_empty: 409,
  control_account: 422,
  standard_account: 422,
  not_a_money_account: 422,
  same_location: 422,
  same_account: 422,
  not_voidable: 409,
  not_returnable: 409,
  not_payable: 409,
  effective_before_document: 422,
  already_void: 409,
  has_payments: 409,
  has_late_costs: 409,
  not_costable: 422,
  has_returns: 409,
  has_write_offs: 409,
  already_paid: 409,
  overpayment: 409,
  return_exceeds_bill: 409,
  approval_decided: 409,
  not_an_approver: 403,
  self_approval: 403,
  not_the_requester: 403,
  reservation_expired: 409,
  reservation_ended: 409,
  exceeds_reservation: 409,
  flash_sale_not_begun: 409,
  no_queue: 409,
  not_together: 422,
  pass_required: 409,
  pass_invalid: 403,
  pass_of_another: 403,
  pass_used: 409,
  pass_expired: 409,
  exceeds_customer_limit: 409,
  charge_under_way: 409,
  order_ended: 409,
  counted_since: 409,
  backdated_beyond_history: 409,
  too_many_adjustments: 409,
  amount_out_of_bounds: 422,
  insufficient_stock: 409,
  insufficient_funds: 409,
};

const API_PROBLEMS = {
  malformed_request: { status: 400, retry: false, title: 'The request is not well-formed HTTP' },
  malformed_json: { status: 400, retry: false, title: 'The body is not well-formed JSON' },
  malformed_csv: { status: 400, retry: false, title: 'The body is not well-formed CSV in UTF-8' },
  invalid_parameter: { status: 400, retry: false, title: 'A parameter or header is not valid' },
  list_too_broad: {
    status: 422,
    retry: false,
    title:
      'No index has these filters in this order, and too much would have to be read; narrow the list, such as by from and to',
  },
  only_at_present: {
    status: 422,
    retry: false,
    title: 'These parameters go with the present, not with as_of, known_at or position',
  },
  sign_in_failed: {
    status: 400,
    retry: false,
    title: 'The sign-in at the identity provider did not succeed; start again',
  },
  invalid_logout_token: { status: 400, retry: false, title: 'The logout token is not valid, or was used before' },
  invalid_idempotency_key: {
    status: 400,
    retry: false,
    title: 'An Idempotency-Key is 1 to 255 printable ASCII characters',
  },
  unauthenticated: { status: 401, retry: false, title: 'A valid bearer token is needed' },
  password_expired: {
    status: 401,
    retry: false,
    title: 'The temporary password has expired; an admin must set another one',
  },
  invalid_credentials: { status: 401, retry: false, title: 'Wrong user name or password' },
  forbidden: { status: 403, retry: false, title: 'Your role may not do this' },
  no_access: {
    status: 403,
    retry: false,
    title: 'The identity provider knows you, but you have no role here',
  },
  sign_in_too_weak: {
    status: 403,
    retry: false,
    title: 'The identity provider must check more than it did, such as a second factor',
  },
  password_change_required: {
    status: 403,
    retry: false,
    title: 'The password must be changed first: POST /auth/password, then sign in with the new one',
  },
  second_factor_required: {
    status: 403,
    retry: false,
    title: 'The second factor must be given first: POST /auth/second-factor',
  },
  enrolment_required: {
    status: 403,
    retry: false,
    title: 'Your role needs a second factor, and you have none: POST /auth/factors/totp',
  },
  reauthentication_required: {
    status: 403,
    retry: false,
    title: 'Password, and second factor if any, must be given again first: POST /auth/reauthenticate',
  },
  wrong_factor: { status: 403, retry: false, title: 'The second factor is wrong, was used before, or is too old' },
  second_admin_required: { status: 403, retry: false, title: 'Another admin must do this' },
  too_many_factors: { status: 409, retry: false, title: 'You have ten passkeys: remove one first' },
  last_factor: { status: 409, retry: false, title: 'Your role needs a second factor: enrol another one instead' },
  wrong_password: { status: 403, retry: false, title: 'The current password is wrong' },
  unknown_route: { status: 404, retry: false, title: 'There is nothing at this address' },
  unknown_user: { status: 404, retry: false, title: 'No such user' },
  unknown_record: { status: 404, retry: false, title: 'No such record' },
  method_not_allowed: { status: 405, retry: false, title: 'This address does not take this method' },
  request_timeout: { status: 408, retry: true, title: 'The request did not arrive in time; nothing was recorded' },
  url_refused: {
    status: 422,
    retry: false,
    title: 'A webhook may not lead there: https to public addresses, or into networks that the operator allows',
  },
  too_many_webhooks: {
    status: 409,
    retry: false,
    title: 'The ledger has as many webhooks as it may: remove one first',
  },
  user_exists: { status: 409, retry: false, title: 'The user name is taken' },
  managed_by_issuer: {
    status: 409,
    retry: false,
    title: 'The identity provider keeps the password and the roles of this user',
  },
  last_admin: { status: 409, retry: false, title: 'The last active admin must stay one' },
  ledger_halted: {
    status: 409,
    retry: false,
    title: 'The ledger is halted: its log is not what was recorded, and nothing is added to it',
  },
  projection_halted: {
    status: 409,
    retry: false,
    title: 'The read models of this ledger are halted ahead of that position, until an operator resumes them',
  },
  log_tampered: { status: 409, retry: false, title: 'The log is not what was recorded' },
  payload_too_large: { status: 413, retry: false, title: 'The body is too large' },
  headers_too_large: { status: 431, retry: false, title: 'The headers are too large' },
  uri_too_long: { status: 414, retry: false, title: 'The address is too long' },
  unsupported_media_type: { status: 415, retry: false, title: 'This address does not take this content type' },
  account_locked: { status: 429, retry: true, title: 'Too many failed sign-ins; the account is locked for a while' },
  rate_limited: { status: 429, retry: true, title: 'Asked more often than the limit allows' },
  too_many_streams: { status: 429, retry: true, title: 'You have as many streams open as you may; close one first' },
  too_many_requests: { status: 429, retry: true, title: 'Too many requests from this address at a time' },
  internal_error: { status: 500, retry: true, title: 'Something went wrong on our side' },
  overloaded: { status: 503, retry: true, title: 'Too much is waiting; nothing was recorded' },
  clock_ahead: {
    status: 503,
    retry: true,
    title: 'The clock of this server is far ahead of the log’s; nothing was recorded',
  },
  log_unavailable: {
    status: 503,
    retry: true,
    title: 'The event log does not answer; nothing was recorded by this request',
  },
  outcome_unknown: {
    status: 503,
    retry: true,
    title: 'It is not known whether this was recorded; send it again with the same key',
  },
  projection_behind: { status: 503, retry: true, title: 'The read models have not reached that position yet' },
  issuer_unavailable: { status: 503, retry: true, title: 'The identity provider does not answer' },
  unavailable: { status: 503, retry: true, title: 'A service behind this one does not answer' },
} as const satisfies Record<string, { status: Status; retry: boolean; title: string }>;

export type ProblemCode = RefusalCode | keyof typeof API_PROBLEMS;
export type ProblemKind = { status: Status; retry: boolean; title: string };

const refusals = Object.entries(REFUSALS) as [RefusalCode, (typeof REFUSALS)[RefusalCode]][];

export const PROBLEMS = {
  ...Object.fromEntries(refusals.map(([code, kind]) => [code, { status: REFUSAL_STATUS[code], ...kind }])),
  ...API_PROBLEMS,
} as Record<ProblemCode, ProblemKind>;

export type FieldError = { path: string; message: string };
export const ERRORS_MAX = 20;

export type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  error: string;
  retry: boolean;
  trace_id: string;
  [detail: string]: unknown;
};

type ProblemOptions = { detail?: string; headers?: Record<string, string>; cause?: unknown };

/** `details` become members of the answer, so nothing secret may be in them. */
export class Problem extends Error {
  readonly headers: Record<string, string>;
  private readonly detail: string | undefined;

  constructor(
    readonly code: ProblemCode,
    readonly details: Record<string, unknown> = {},
    { detail, headers = {}, cause }: ProblemOptions = {},
  ) {
    super(PROBLEMS[code].title, { cause });
    this.detail = detail;
    this.headers = headers;
  }

  static of({ code, details }: Refusal): Problem {
    return new Problem(code, details);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toDocument(trace_id: string): ProblemDocument {
    const { title, status, retry } = PROBLEMS[this.code];
    const detail = this.detail ?? describe(title, this.details);
    const type = `/docs/problems#${this.code}`;
    const document = { type, title, status, detail, code: this.code, error: title, retry, trace_id };
    // Twice: these members come first, and no detail can replace them.
    return { ...document, ...this.details, ...document };
  }
}

export interface HaltedLedger {
  ledger_id: string;
  /** Of its last good event, where known; −1: none. */
  position?: number;
  reason: string;
}

export function ledgerHalted({ ledger_id, position, reason }: HaltedLedger): Problem {
  const detail = `Ledger ${ledger_id} is halted${afterPosition(position)}: ${reason}.`;
  return new Problem('ledger_halted', { ledger_id, position, reason }, { detail });
}

/** `position`: of the last event in the read models. */
export function projectionHalted({ ledger_id, position, reason }: HaltedLedger): Problem {
  const detail = `The read models of ledger ${ledger_id} are halted${afterPosition(position)}: ${reason}.`;
  return new Problem('projection_halted', { ledger_id, position, reason }, { detail });
}

function afterPosition(position = -1): string {
  return position < 0 ? '' : ` after position ${position}`;
}

export function invalidFields(errors: FieldError[], more_errors = 0): Problem {
  return new Problem('validation', bounded(errors, more_errors));
}

export function invalidParameters(errors: FieldError[], more_errors = 0): Problem {
  return new Problem('invalid_parameter', bounded(errors, more_errors));
}

function bounded(errors: FieldError[], more_errors: number): Record<string, unknown> {
  const more = more_errors + Math.max(0, errors.length - ERRORS_MAX);
  return { errors: errors.slice(0, ERRORS_MAX), ...(more > 0 && { more_errors: more }) };
}

export function unknownField(name: string, path = name): FieldError {
  return { path: shortName(path), message: `${shortName(name)} is not a field here` };
}

export function shortName(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100).toWellFormed()}…` : name;
}

/** "Not enough stock: item_id bottle, available 200, requested 500, shortage 300." */
function describe(title: string, { errors, more_errors, ...details }: Record<string, unknown>): string {
  const said = [
    ...(Array.isArray(errors) ? (errors as FieldError[]).map(({ path, message }) => `${path}: ${message}`) : []),
    ...Object.entries(details).flatMap(([name, detail]) => {
      if (Array.isArray(detail) && detail.every(isScalar)) return [`${name} ${detail.join(' and ')}`];
      return isScalar(detail) ? [`${name} ${detail}`] : [];
    }),
  ];
  const more = Number(more_errors ?? 0) + Math.max(0, said.length - 10);
  const shown = more > 0 ? [...said.slice(0, 10), `and ${more} more`] : said;
  return shown.length === 0 ? `${title}.` : `${title}: ${shown.join(', ')}.`;
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
