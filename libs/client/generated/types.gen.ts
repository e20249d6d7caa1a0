// Made by `npm run client`.

export type ClientOptions = {
    baseUrl: `${string}://${string}` | (string & {});
};

export type LoginBody = {
    username: string;
    password: string;
};

export type ChangePasswordBody = {
    current_password: string;
    /**
     * 422 for all blanks, a common password, the user name, the product’s name and the present password. Composed and decomposed spellings are one.
     */
    new_password: string;
};

export type SecondFactorBody = {
    /**
     * Six digits of the app, or a recovery code.
     */
    code?: string;
    /**
     * Instead of a code: what navigator.credentials.get() answers, as JSON.
     */
    passkey?: {
        [key: string]: unknown;
    };
};

export type ReauthenticationBody = {
    password: string;
    /**
     * Six digits of the app, or a recovery code.
     */
    code?: string;
    /**
     * Instead of a code: what navigator.credentials.get() answers, as JSON.
     */
    passkey?: {
        [key: string]: unknown;
    };
};

export type CodeBody = {
    /**
     * Six digits of the app, or a recovery code.
     */
    code: string;
};

export type NewPasskeyBody = {
    /**
     * What navigator.credentials.create() answers, as JSON.
     */
    passkey: {
        [key: string]: unknown;
    };
    name: string;
};

export type NewUserBody = {
    username: string;
    /**
     * Default: a generated one, which the answer shows. 422 for all blanks, a common password, the user name, the product’s name and the present password. Composed and decomposed spellings are one.
     */
    password?: string;
    /**
     * true: the user chose it. Else it is good for 24 hours and must be changed at the first sign-in.
     */
    password_is_chosen?: boolean;
    role: Role;
    /**
     * The role is for this ledger; default: for all. It may be opened later.
     */
    ledger_id?: string;
};

export type ChangeUserBody = {
    /**
     * null takes it away.
     */
    role?: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer' | null;
    /**
     * The role is for this ledger; default: for all. It may be opened later.
     */
    ledger_id?: string;
    /**
     * false: may not sign in any more, and every token is void.
     */
    active?: boolean;
};

export type ResetPasswordBody = {
    /**
     * Default: a generated one, which the answer shows. 422 for all blanks, a common password, the user name, the product’s name and the present password. Composed and decomposed spellings are one.
     */
    password?: string;
};

export type NewApiKeyBody = {
    name: string;
    role: Role;
    /**
     * The role is for this ledger; default: for all. It may be opened later.
     */
    ledger_id?: string;
    expires_in_days?: number;
};

export type TakeOverBody = {
    /**
     * from the address of the page
     */
    code: string;
    code_verifier: string;
};

export type LogoutBody = {
    logout_token: string;
};

export type NewLedgerBody = {
    ledger_id: string;
    currency: string;
    digits?: number;
    time_zone?: string;
    approval_threshold?: number;
};

export type ItemBody = {
    item_id: Id;
    name: string;
    kind: 'preform' | 'bottle' | 'other';
    size_ml?: number | null;
    grade?: string | null;
    unit?: string | null;
    reorder_level?: number | null;
};

export type ItemChangeBody = {
    name?: string;
    kind?: 'preform' | 'bottle' | 'other';
    size_ml?: number | null;
    grade?: string | null;
    unit?: string | null;
    reorder_level?: number | null;
    active?: boolean;
};

export type SupplierBody = {
    name: string;
    email?: string | null;
    phone?: string | null;
    address?: string | null;
    supplier_id: Id;
};

export type PartyChangeBody = {
    name?: string;
    email?: string | null;
    phone?: string | null;
    address?: string | null;
    active?: boolean;
};

export type CustomerBody = {
    name: string;
    email?: string | null;
    phone?: string | null;
    address?: string | null;
    customer_id: Id;
};

export type LocationBody = {
    location_id: Id;
    name: string;
};

export type LocationChangeBody = {
    name?: string;
    active?: boolean;
};

export type AccountBody = {
    account_id: Id;
    name: string;
    type: 'asset' | 'liability' | 'equity' | 'income' | 'expense';
    /**
     * default: not for an asset, else yes
     */
    may_go_negative?: boolean;
};

export type AccountChangeBody = {
    name?: string;
    may_go_negative?: boolean;
    active?: boolean;
};

export type PricedLineBody = {
    item_id: Id;
    quantity: number;
    /**
     * with at most 6 decimals and 15 digits
     */
    unit_price: number;
};

export type PurchaseBody = {
    supplier_id: Id;
    /**
     * default: main
     */
    location_id?: string;
    line_items: Array<PricedLineBody>;
    due_date?: string;
    notes?: string;
    effective_at?: EffectiveAt;
};

export type VoidBody = {
    reason: string;
    effective_at?: EffectiveAt;
};

export type LateCostBody = {
    /**
     * below zero where the supplier gives something back
     */
    amount: number;
    /**
     * what the lines of the purchase share it by
     */
    basis: 'value' | 'quantity';
    /**
     * to whom it is owed; default: the supplier of the purchase
     */
    supplier_id?: string;
    reason: string;
    due_date?: string;
    /**
     * when it takes effect; default: when the purchase did, or the first moment after the months that are closed. Of pieces that are gone by then it is cost of sales. A day is its last moment in the ledger's time zone
     */
    effective_at?: string;
};

export type QuantityLineBody = {
    item_id: Id;
    quantity: number;
};

export type BlowBody = {
    /**
     * default: main
     */
    location_id?: string;
    inputs: Array<QuantityLineBody>;
    /**
     * none where all inputs were rejected
     */
    outputs: Array<QuantityLineBody>;
    /**
     * pieces of the inputs that were spoilt; default: 0
     */
    rejected_quantity?: number;
    /**
     * what the blowing added to the value; default: 0
     */
    conversion_cost?: number;
    notes?: string;
    effective_at?: EffectiveAt;
};

export type SaleBody = {
    customer_id: Id;
    /**
     * default: main
     */
    location_id?: string;
    line_items: Array<PricedLineBody>;
    due_date?: string;
    notes?: string;
    effective_at?: EffectiveAt;
};

export type WasteBody = {
    /**
     * default: main
     */
    location_id?: string;
    line_items: Array<QuantityLineBody>;
    reason: string;
    notes?: string;
    effective_at?: EffectiveAt;
};

export type StockTransferBody = {
    from_location_id: Id;
    to_location_id: Id;
    line_items: Array<QuantityLineBody>;
    notes?: string;
    effective_at?: EffectiveAt;
};

export type TransferBody = {
    from_account_id: Id;
    to_account_id: Id;
    amount: number;
    reference?: string;
    effective_at?: EffectiveAt;
};

export type JournalEntryLineBody = {
    account_id: Id;
    side: 'debit' | 'credit';
    amount: number;
};

export type JournalEntryBody = {
    /**
     * debits equal credits, and each account stands in one line
     */
    lines: Array<JournalEntryLineBody>;
    description: string;
    reference?: string;
    effective_at?: EffectiveAt;
};

export type PaymentBody = {
    /**
     * number of a sale or a purchase
     */
    bill_number: string;
    /**
     * default: cash
     */
    account_id?: string;
    amount: number;
    method?: string;
    effective_at?: EffectiveAt;
};

export type WriteOffBody = {
    /**
     * number of a sale or a purchase
     */
    bill_number: string;
    /**
     * default: all that is open
     */
    amount?: number;
    reason: string;
    effective_at?: EffectiveAt;
};

export type CountLineBody = {
    item_id: Id;
    counted_quantity: number;
    /**
     * of pieces found where nothing is on hand
     */
    unit_cost?: number;
};

export type StockCountBody = {
    /**
     * default: main
     */
    location_id?: string;
    counts: Array<CountLineBody>;
    reason: string;
    /**
     * ledger position that the shelf was counted at, instead of effective_at; what moved after it is no difference
     */
    counted_at_position?: number;
    effective_at?: EffectiveAt;
};

export type ReturnBody = {
    line_items: Array<QuantityLineBody>;
    reason: string;
    effective_at?: EffectiveAt;
};

export type ReasonBody = {
    reason: string;
};

export type ThresholdBody = {
    /**
     * what is worth more waits for a second pair of eyes
     */
    approval_threshold: number;
    reason: string;
};

export type ReservationBody = {
    customer_id?: Id;
    /**
     * default: main
     */
    location_id?: string;
    line_items: Array<QuantityLineBody>;
    /**
     * default: 600
     */
    ttl_seconds?: number;
};

export type CheckOutLineBody = {
    item_id: Id;
    /**
     * default: the whole of the item; what is not taken is released
     */
    quantity?: number;
    /**
     * with at most 6 decimals and 15 digits
     */
    unit_price: number;
};

export type CheckOutBody = {
    /**
     * default: the one that the reservation names
     */
    customer_id?: string;
    line_items: Array<CheckOutLineBody>;
    due_date?: string;
    notes?: string;
};

export type FlashSaleBody = {
    item_id: string;
    /**
     * default: main
     */
    location_id?: string;
    /**
     * pieces, which are set aside at once
     */
    quantity: number;
    /**
     * with at most 6 decimals and 15 digits
     */
    unit_price: number;
    /**
     * pieces that one customer may hold and buy, all orders together
     */
    per_customer_max: number;
    /**
     * how long an order holds its pieces until a payment has begun; default: 600
     */
    hold_seconds?: number;
    /**
     * default: now; a day is its beginning
     */
    starts_at?: string;
    /**
     * what remains then goes back into stock; a day is its end
     */
    ends_at: string;
    /**
     * account that payments go into; default: bank
     */
    account_id?: string;
    /**
     * buyers wait in a queue, of whom at most so many are let in a minute; PATCH /flash-sales/{id}/queue sets more
     */
    queue_per_minute?: number;
};

export type CloseFlashSaleBody = {
    reason: string;
};

export type ChangeQueueBody = {
    /**
     * let in at most; of a new queue 600
     */
    per_minute?: number;
    /**
     * for which a pass is good, of those let in from now on; of a new queue 120
     */
    pass_seconds?: number;
    /**
     * that are out at a time, at most; null, and of a new queue: no limit but that of the pieces
     */
    passes_max?: number | null;
    /**
     * out at a time, for each piece that remains: not all of them are used; of a new queue 1
     */
    passes_per_piece?: number;
};

export type LiftQueueBody = {
    reason: string;
};

export type FlashBuyLineBody = {
    flash_sale_id: string;
    quantity: number;
    /**
     * of the waiting queue, where the flash sale has one
     */
    pass?: string;
};

export type FlashBuyBody = {
    customer_id: string;
    /**
     * all or none; each flash sale once
     */
    line_items: Array<FlashBuyLineBody>;
    /**
     * by which the payment gateway knows how the buyer pays; kept in the ledger, so never a card number
     */
    payment_reference?: string;
};

export type TicketBody = {
    customer_id: string;
};

export type NewWebhookBody = {
    /**
     * https, leading to public addresses; or http, too, into networks that the operator allows
     */
    url: string;
    description?: string;
    /**
     * of events to be sent; default: all
     */
    types?: Array<EventType>;
    /**
     * the first event to be sent; default: the next one
     */
    from_position?: number;
};

export type ChangeWebhookBody = {
    /**
     * https, leading to public addresses; or http, too, into networks that the operator allows
     */
    url?: string;
    description?: string;
    /**
     * of events to be sent; default: all
     */
    types?: Array<EventType> | null;
    /**
     * false: nothing is sent. true: goes on where it was, at once
     */
    active?: boolean;
};

export type RotateSecretBody = {
    /**
     * for which the old secret signs as well; default: 24
     */
    valid_hours?: number;
};

export type ReplayBody = {
    /**
     * the event to be sent next; one later than all skips them
     */
    from_position: number;
};

/**
 * revision in the ledger
 */
export type Position = number;

/**
 * send it as cursor; null: this is the last page
 */
export type NextCursor = string | null;

/**
 * send it as cursor; null: this is the first page
 */
export type PrevCursor = string | null;

export type Page = {
    next_cursor: NextCursor;
    position: Position;
};

export type PageBetween = Page & {
    prev_cursor: PrevCursor;
};

export type Id = string;

/**
 * as backdated events have changed it since; absent where none has
 */
export type AdjustedMoney = number;

export type CostLine = {
    item_id: string;
    quantity: number;
    cost: number;
    adjusted_cost?: AdjustedMoney;
};

export type DocumentKind = 'purchase' | 'late_cost' | 'blow' | 'sale' | 'waste' | 'stock_transfer' | 'transfer' | 'journal_entry' | 'payment' | 'write_off' | 'stock_count' | 'return' | 'approval' | 'reservation' | 'flash_sale' | 'order';

export type PaymentStatus = 'pending' | 'partial' | 'paid' | 'refund_due' | 'nothing_due' | 'void';

export type Settlement = {
    payment_status: PaymentStatus;
    paid_amount: number;
    returned_amount: number;
    open_amount: number;
    written_off_amount: number;
    payments: Array<string>;
    returns: Array<string>;
    write_offs: Array<string>;
};

/**
 * the documents that have changed its costs, the first twenty
 */
export type AdjustedBy = Array<string>;

/**
 * of a backdated command: how many earlier documents cost something else now, by how much regardless of sign, and what that does to the cost of sales
 */
export type Adjusts = {
    documents: number;
    amount: number;
    cost_of_sales: number;
};

export type PostedDocument = {
    number: string;
    status: 'confirmed' | 'void';
    approval_id?: string;
    requested_by?: string;
    approved_by?: string;
    adjusts?: Adjusts;
    voided_by?: string;
    voided_at?: string;
    void_reason?: string;
    created_by: string;
    effective_at: string;
    recorded_at: string;
    position: Position;
};

/**
 * with totals=true: of the fields that the list has
 */
export type ListTotals = {
    /**
     * of all pages
     */
    count: number;
    /**
     * false: there are more than 100,000 to look at, and what is told is the least that there can be
     */
    complete: boolean;
    total_price?: number;
    total_cost?: number;
    amount?: number;
    open_amount?: number;
};

export type DocumentPage = PageBetween & {
    totals?: ListTotals;
};

export type Account = {
    account_id: string;
    name: string;
    type: 'asset' | 'liability' | 'equity' | 'income' | 'expense';
    may_go_negative: boolean;
    active: boolean;
    position: Position;
};

export type AccountBalance = {
    account_id: string;
    name: string;
    type: 'asset' | 'liability' | 'equity' | 'income' | 'expense';
    debit: number;
    credit: number;
    /**
     * positive on the account's normal side
     */
    balance: number;
    position: Position;
    may_go_negative?: boolean;
    active?: boolean;
};

export type Entry = {
    position: Position;
    type: string;
    number: string | null;
    effective_at: string;
    recorded_at: string;
    actor: string;
    /**
     * of a row of type CostsAdjusted: the document that changed the cost of `number`
     */
    cause: string | null;
    debit: number;
    credit: number;
    /**
     * debit positive, after this, in the order of recording
     */
    balance: number;
};

export type TrialBalance = {
    data: Array<{
        account_id: string;
        name: string;
        type: 'asset' | 'liability' | 'equity' | 'income' | 'expense';
        debit: number;
        credit: number;
        /**
         * positive on the account's normal side
         */
        balance: number;
    }>;
    totals: {
        debit: number;
        credit: number;
    };
    position: Position;
};

export type CostAdjustment = {
    /**
     * of the event that changed the cost
     */
    position: Position;
    /**
     * number of its document
     */
    cause: string;
    /**
     * of the document
     */
    cause_href: string | null;
    /**
     * of the document whose cost was changed
     */
    number: string;
    /**
     * of the document
     */
    href: string | null;
    /**
     * of the event whose cost was changed
     */
    type: string;
    /**
     * of the event whose cost was changed
     */
    of_position: Position;
    item_id: string;
    location_id: string;
    /**
     * change of the value of the stock there: −5 where a sale costs 5 more
     */
    value: number;
    /**
     * of the event whose cost was changed
     */
    effective_at: string;
    recorded_at: string;
    actor: string;
};

export type Approval = {
    kind: 'approval';
    number: string;
    status: 'pending' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
    approval_id: string;
    /**
     * the whole command that waits
     */
    command: {
        [key: string]: unknown;
    };
    amount: number;
    threshold: number;
    requested_by: string;
    expires_at?: string;
    reservation_id?: string;
    decided_by?: string;
    decided_at?: string;
    result_number?: string;
    reject_reason?: string;
    created_by: string;
    effective_at: string;
    recorded_at: string;
    position: Position;
};

export type ApprovedDocument = Approval & {
    document: Purchase | LateCost | Blow | Sale | Waste | StockTransfer | Transfer | JournalEntry | Payment | WriteOff | StockCount | Return;
};

export type ChangedThreshold = {
    approval_threshold: number;
    previous_threshold: number;
    reason: string;
    created_by: string;
    recorded_at: string;
    position: Position;
};

export type Threshold = {
    approval_threshold: number;
    reason: string | null;
    decided_by: string;
    decided_at: string;
    position: Position;
};

export type Thresholds = {
    data: Array<Threshold>;
    position: Position;
};

export type AuditEvent = {
    position: Position;
    type: string;
    actor: string;
    recorded_at: string;
    effective_at: string;
    data: {
        [key: string]: unknown;
    };
    metadata: {
        [key: string]: unknown;
    };
};

export type SecurityEvent = {
    /**
     * of a security event, which is of no ledger: its place in the stream security, from 0
     */
    security_position: number;
    type: string;
    actor: string;
    /**
     * the user it is about; null where an unknown name was tried
     */
    username: string | null;
    /**
     * when it happened
     */
    effective_at: string;
    /**
     * when the log recorded it: later where the log was away
     */
    recorded_at: string;
    data: {
        [key: string]: unknown;
    };
};

export type HistoryEntry = {
    /**
     * in the ledger; null for a security event
     */
    position: number | null;
    type: string;
    number: string | null;
    effective_at: string;
    recorded_at: string;
    actor: string;
    /**
     * of the document
     */
    href: string | null;
    changes: Array<{
        /**
         * of what
         */
        kind: string;
        id: string;
        field: string;
        /**
         * null where it was not there
         */
        old: string | null | number | boolean | {
            [key: string]: unknown;
        } | Array<string | {
            [key: string]: unknown;
        }>;
        /**
         * null where it is no longer there
         */
        new: string | null | number | boolean | {
            [key: string]: unknown;
        } | Array<string | {
            [key: string]: unknown;
        }>;
    }>;
    /**
     * of a security event, which is of no ledger: its place in the stream security, from 0
     */
    security_position?: number;
};

export type Checkpoint = {
    ledger: string;
    /**
     * number of events
     */
    size: number;
    head_position: number;
    head_hash: string;
    /**
     * RFC 9162, over the hashes of the events
     */
    merkle_root: string;
    recorded_at: string;
    key_id: string;
    /**
     * Ed25519, base64url
     */
    public_key: string;
    /**
     * base64url
     */
    signature: string;
};

export type ProvenEvent = {
    event: {
        position: number;
        id: string;
        type: string;
        data: {
            [key: string]: unknown;
        };
        metadata: {
            [key: string]: unknown;
        };
    };
    /**
     * hashes from the leaf up to the root of the checkpoint
     */
    path: Array<string>;
};

export type Verification = {
    verification_id: string;
    ledger_id: string;
    status: 'running' | 'passed' | 'failed';
    progress: {
        events: number;
        of: number;
    };
    requested_by: string;
    requested_at: string;
    /**
     * everything up to here was compared
     */
    position?: number;
    head_hash?: string;
    checkpoints?: number;
    rows_compared?: number;
    rows_of?: {
        [key: string]: number;
    };
    rows_different?: number;
    /**
     * the first hundred
     */
    differences?: Array<{
        table: string;
        key: {
            [key: string]: unknown;
        };
        expected: {
            [key: string]: unknown;
        } | null;
        found: {
            [key: string]: unknown;
        } | null;
    }>;
    /**
     * what is wrong with the log itself
     */
    findings?: Array<{
        position: number;
        kind: string;
        detail: string;
    }>;
    /**
     * why it did not come to an end
     */
    error?: string;
};

export type Role = 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer';

export type Token = {
    access_token: string;
    token_type: 'bearer';
    /**
     * seconds
     */
    expires_in: number;
    /**
     * what must be done before the token is good for anything else
     */
    next_step?: 'second_factor' | 'new_password' | 'enrol_factor';
};

export type SignedIn = Token & {
    /**
     * for later sign-ins, in the header Device-Token; it gives no access
     */
    device_token: string;
    /**
     * where next_step is second_factor: what it may be
     */
    second_factors?: Array<'totp' | 'passkey' | 'recovery_code'>;
};

export type LedgerRole = {
    ledger_id: string;
    role: Role;
};

export type Me = {
    username: string;
    /**
     * in all ledgers but those of ledger_roles
     */
    role: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer' | null;
    ledger_roles: Array<LedgerRole>;
};

export type User = {
    username: string;
    /**
     * in all ledgers but those of ledger_roles
     */
    role: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer' | null;
    ledger_roles: Array<LedgerRole>;
    active: boolean;
    /**
     * of a user whom the identity provider knows: it keeps password and roles
     */
    single_sign_on: {
        issuer: string;
        subject: string;
        display_name: string;
    } | null;
    /**
     * of a password that the user has yet to change
     */
    password_expires_at: string | null;
    created_at: string;
    created_by: string;
    locked_until: string | null;
};

export type UserWithPassword = User & {
    /**
     * where it was generated: shown this once
     */
    password?: string;
};

export type Session = {
    session_id: string;
    created_at: string;
    /**
     * to about 15 seconds
     */
    last_used_at: string;
    expires_at: string;
    /**
     * where the sign-in came from; of IPv6 the /64 network
     */
    address: string;
    /**
     * the User-Agent of the sign-in
     */
    device: string;
    /**
     * the one that asks
     */
    current?: boolean;
};

export type Sessions = {
    data: Array<Session>;
};

export type ApiKey = {
    key_id: string;
    name: string;
    /**
     * who is recorded as having done what the key does
     */
    actor: string;
    role: Role;
    /**
     * null: all ledgers
     */
    ledger_id: string | null;
    created_at: string;
    created_by: string;
    expires_at: string;
    /**
     * to about 15 seconds
     */
    last_used_at: string | null;
};

export type NewApiKey = ApiKey & {
    /**
     * shown this once
     */
    key: string;
};

export type Factor = {
    factor_id: string;
    kind: 'totp' | 'passkey';
    name: string | null;
    created_at: string;
    last_used_at: string | null;
};

export type RecoveryCodes = {
    /**
     * shown this once; each good for one sign-in. Empty where those before are still good
     */
    recovery_codes: Array<string>;
};

export type EnrolledFactor = Token & RecoveryCodes;

/**
 * when it happened in the factory; default: now. A day is its last moment in the ledger's time zone, and now when it is today
 */
export type EffectiveAt = string;

export type Blow = PostedDocument & {
    kind: 'blow';
    location_id: string;
    inputs: Array<CostLine>;
    outputs: Array<CostLine>;
    rejected_quantity: number;
    rejected_cost: number;
    conversion_cost: number;
    adjusted_rejected_cost?: AdjustedMoney;
    adjusted_by?: AdjustedBy;
    notes?: string;
};

export type QueueSettings = {
    /**
     * let in at most
     */
    per_minute: number;
    /**
     * for which a pass is good
     */
    pass_seconds: number;
    /**
     * that are out at a time; absent: no limit but that of the pieces
     */
    passes_max?: number;
    /**
     * out at a time, for each piece that remains
     */
    passes_per_piece: number;
    /**
     * that numbers those who come before the start: SHA-256 of its seed, which is told at the start
     */
    draw: {
        draw_id: string;
        seed_hash: string;
    };
};

export type FlashSale = {
    kind: 'flash_sale';
    number: string;
    status: 'open' | 'closed';
    flash_sale_id: string;
    item_id: string;
    location_id: string;
    quantity: number;
    unit_price: number;
    per_customer_max: number;
    hold_seconds: number;
    starts_at: string;
    ends_at: string;
    account_id: string;
    /**
     * absent: all may order at once
     */
    queue?: QueueSettings;
    /**
     * that can be ordered; absent in the answer to a command
     */
    remaining?: number;
    /**
     * by orders that are not paid; not for staff
     */
    held?: number;
    /**
     * not for staff
     */
    sold?: number;
    /**
     * by orders that were released, counted each time; not for staff
     */
    returned?: number;
    closed_by?: string;
    closed_at?: string;
    close_reason?: string;
    remaining_at_close?: number;
    created_by: string;
    effective_at: string;
    recorded_at: string;
    position: Position;
};

export type Order = {
    kind: 'order';
    number: string;
    status: 'pending' | 'paying' | 'confirmed' | 'released' | 'refund_due' | 'refunded';
    order_id: string;
    customer_id: string;
    location_id: string;
    line_items: Array<{
        flash_sale_id: string;
        item_id: string;
        quantity: number;
        unit_price: number;
        total_price: number;
    }>;
    total_price: number;
    account_id: string;
    /**
     * it is released then, unless a charge is under way
     */
    pay_by: string;
    payment_reference?: string;
    /**
     * of waiting queues, that it was placed with
     */
    passes?: Array<{
        flash_sale_id: string;
        number: number;
        expires_at: string;
    }>;
    charge_started_at?: string;
    ended_at?: string;
    /**
     * the sale that it has become
     */
    result_number?: string;
    payment_number?: string;
    release_reason?: 'cancelled' | 'expired' | 'declined' | 'unpaid' | 'refused';
    /**
     * what the gateway said
     */
    release_detail?: string;
    /**
     * the gateway's
     */
    charge_id?: string;
    charged_late_at?: string;
    /**
     * the gateway's
     */
    refund_id?: string;
    refunded_at?: string;
    created_by: string;
    effective_at: string;
    recorded_at: string;
    position: Position;
};

export type Item = {
    item_id: string;
    name: string;
    kind: 'preform' | 'bottle' | 'other';
    active: boolean;
    position: Position;
    size_ml?: number | null;
    grade?: string | null;
    unit?: string | null;
    reorder_level?: number | null;
};

export type JournalEntry = PostedDocument & {
    kind: 'journal_entry';
    description: string;
    lines: Array<{
        account_id: string;
        side: 'debit' | 'credit';
        amount: number;
    }>;
    /**
     * the sum of the debits, which is that of the credits
     */
    amount: number;
    reference?: string;
};

export type LateCost = PostedDocument & Settlement & {
    kind: 'late_cost';
    /**
     * of the purchase
     */
    bill_number: string;
    supplier_id: string;
    location_id: string;
    basis: 'value' | 'quantity';
    amount: number;
    line_items: Array<{
        item_id: string;
        quantity: number;
        amount: number;
        /**
         * what the stock is worth more
         */
        capitalised: number;
        /**
         * cost of sales, for pieces that are gone
         */
        expensed: number;
        adjusted_capitalised?: number;
        adjusted_expensed?: number;
    }>;
    /**
     * what the stock is worth more
     */
    capitalised: number;
    /**
     * cost of sales, for pieces that are gone
     */
    expensed: number;
    adjusted_capitalised?: number;
    adjusted_expensed?: number;
    adjusted_by?: AdjustedBy;
    reason: string;
    due_date?: string;
};

export type Ledger = {
    ledger_id: string;
    currency: string;
    digits: number;
    time_zone: string;
    approval_threshold: number;
    position: Position;
};

export type StreamEnd = {
    /**
     * why it ends: unauthenticated, forbidden, stopping or another code
     */
    code: string;
};

export type Location = {
    location_id: string;
    name: string;
    active: boolean;
    position: Position;
};

export type Transfer = PostedDocument & {
    kind: 'transfer';
    from_account_id: string;
    to_account_id: string;
    amount: number;
    reference?: string;
};

export type Rebuild = {
    rebuild_id: string;
    status: 'requested' | 'running' | 'done' | 'failed';
    progress: {
        events: number;
        of: number;
    };
    seconds_left: number | null;
    requested_by: string;
    requested_at: string;
    finished_at: string | null;
    /**
     * what it waits for, or why it failed
     */
    error: string | null;
};

export type ProjectionHealth = {
    state: 'new' | 'live' | 'catching_up' | 'rebuilding' | 'stopped' | 'silent';
    outdated: boolean;
    events: number;
    lag_ms: number;
    heartbeat_at: string;
    ledgers: Array<{
        ledger_id: string;
        position: Position;
        recorded_at: string | null;
        halted: {
            position: Position;
            reason: string;
            at: string;
        } | null;
    }>;
    /**
     * the last that was asked for
     */
    rebuild: {
        rebuild_id: string;
        status: 'requested' | 'running' | 'done' | 'failed';
        progress: {
            events: number;
            of: number;
        };
        seconds_left: number | null;
        requested_by: string;
        requested_at: string;
        finished_at: string | null;
        /**
         * what it waits for, or why it failed
         */
        error: string | null;
    } | null;
};

export type Supplier = {
    supplier_id: string;
    name: string;
    active: boolean;
    position: Position;
    email?: string | null;
    phone?: string | null;
    address?: string | null;
};

export type Customer = {
    customer_id: string;
    name: string;
    active: boolean;
    position: Position;
    email?: string | null;
    phone?: string | null;
    address?: string | null;
};

export type Payment = PostedDocument & {
    kind: 'payment';
    bill_number: string;
    party_id: string;
    account_id: string;
    amount: number;
    direction: 'received' | 'made';
    method?: string;
    order_id?: string;
    ordered_by?: string;
};

export type Period = {
    month: string;
    status: 'closed' | 'open';
    decided_by: string;
    decided_at: string;
    position: Position;
};

export type Periods = {
    data: Array<Period>;
    position: Position;
};

export type ClosedPeriod = {
    month: string;
    status: 'closed';
    trial_balance: Array<{
        account_id: string;
        balance: number;
    }>;
    stock_value: number;
    /**
     * by this command, each with a closing of its own
     */
    months_closed: Array<string>;
    created_by: string;
    recorded_at: string;
    position: Position;
};

export type ReopenedPeriod = {
    month: string;
    status: 'open';
    reason: string;
    /**
     * this month and all before it stay closed
     */
    closed_through: string;
    created_by: string;
    recorded_at: string;
    position: Position;
};

export type Purchase = PostedDocument & Settlement & {
    kind: 'purchase';
    bill_number: string;
    supplier_id: string;
    location_id: string;
    line_items: Array<{
        item_id: string;
        quantity: number;
        unit_price: number;
        total_price: number;
    }>;
    total_price: number;
    late_costs: Array<string>;
    due_date?: string;
    notes?: string;
};

export type ProfitLoss = Page & {
    data: Array<{
        /**
         * day, month, item or customer
         */
        key: string;
        quantity: number;
        revenue: number;
        cost: number;
        profit: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        quantity: number;
        revenue: number;
        cost: number;
        profit: number;
    };
};

export type CustomerSales = Page & {
    data: Array<{
        month: string | null;
        from: string | null;
        to: string | null;
        customer_id: string;
        name: string;
        quantity: number;
        revenue: number;
        cost: number;
        profit: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        quantity: number;
        revenue: number;
        cost: number;
        profit: number;
    };
};

export type SupplierCosts = Page & {
    data: Array<{
        month: string | null;
        from: string | null;
        to: string | null;
        supplier_id: string;
        name: string;
        /**
         * bills
         */
        purchases: number;
        purchased: number;
        returned: number;
        /**
         * purchased less returned
         */
        cost: number;
        paid: number;
        written_off: number;
        /**
         * at the end of these days
         */
        owed: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        /**
         * bills
         */
        purchases: number;
        purchased: number;
        returned: number;
        /**
         * purchased less returned
         */
        cost: number;
        paid: number;
        written_off: number;
    };
};

export type Trends = Page & {
    data: Array<{
        /**
         * day, Monday or month
         */
        key: string;
        from: string;
        to: string;
        revenue: number;
        cost: number;
        profit: number;
        purchases: number;
        waste: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        revenue: number;
        cost: number;
        profit: number;
        purchases: number;
        waste: number;
    };
};

export type Aging = Page & {
    data: Array<{
        owed: 'to_us' | 'by_us';
        party_id: string;
        not_due: number;
        days_0_30: number;
        days_31_60: number;
        days_61_90: number;
        days_over_90: number;
        total: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        to_us: {
            not_due: number;
            days_0_30: number;
            days_31_60: number;
            days_61_90: number;
            days_over_90: number;
            total: number;
        };
        by_us: {
            not_due: number;
            days_0_30: number;
            days_31_60: number;
            days_61_90: number;
            days_over_90: number;
            total: number;
        };
    };
};

export type QuantityAndValue = {
    quantity: number;
    value: number;
};

export type StockMovementReport = Page & {
    data: Array<{
        item_id: string | null;
        location_id: string | null;
        opening: QuantityAndValue;
        in: {
            purchase?: QuantityAndValue;
            late_cost?: QuantityAndValue;
            blow?: QuantityAndValue;
            sale?: QuantityAndValue;
            waste?: QuantityAndValue;
            stock_transfer?: QuantityAndValue;
            stock_count?: QuantityAndValue;
            count_adjustment?: QuantityAndValue;
            sale_return?: QuantityAndValue;
            purchase_return?: QuantityAndValue;
            void?: QuantityAndValue;
        };
        total_in: QuantityAndValue;
        out: {
            purchase?: QuantityAndValue;
            late_cost?: QuantityAndValue;
            blow?: QuantityAndValue;
            sale?: QuantityAndValue;
            waste?: QuantityAndValue;
            stock_transfer?: QuantityAndValue;
            stock_count?: QuantityAndValue;
            count_adjustment?: QuantityAndValue;
            sale_return?: QuantityAndValue;
            purchase_return?: QuantityAndValue;
            void?: QuantityAndValue;
        };
        total_out: QuantityAndValue;
        closing: QuantityAndValue;
        /**
         * of its documents
         */
        href: string;
    }>;
};

export type StockValuation = Page & {
    data: Array<{
        item_id: string | null;
        location_id: string | null;
        on_hand: number;
        average_cost: number | null;
        value: number;
        /**
         * of its documents
         */
        href: string;
    }>;
    totals: {
        on_hand: number;
        value: number;
    };
};

export type Restatement = Page & {
    report: 'profit-loss' | 'trial-balance' | 'stock-valuation';
    group_by: 'day' | 'month' | 'item' | 'customer' | 'account' | 'place' | 'location';
    known_at: {
        known_at: string;
        position: Position;
    };
    versus: {
        known_at: string;
        position: Position;
    };
    data: Array<{
        key: string;
        location_id: string | null;
        before: {
            [key: string]: number;
        };
        after: {
            [key: string]: number;
        };
        difference: {
            [key: string]: number;
        };
        /**
         * the first of those recorded between, backdated ones before others
         */
        events: Array<{
            position: Position;
            type: string;
            number: string | null;
            effective_at: string;
            recorded_at: string;
            actor: string;
            /**
             * it had happened before the earlier state
             */
            backdated: boolean;
            /**
             * of the document
             */
            href: string | null;
        }>;
        events_total: number;
    }>;
    totals: {
        before: {
            [key: string]: number;
        };
        after: {
            [key: string]: number;
        };
        difference: {
            [key: string]: number;
        };
    };
};

export type Dashboard = {
    day: string;
    stock: {
        items: number;
        pieces: number;
        reserved: number;
        value: number;
    };
    low_stock: Array<{
        item_id: string;
        name: string;
        available: number;
        reorder_level: number;
    }>;
    today: {
        quantity: number;
        revenue: number;
        cost: number;
        profit: number;
    };
    owed: {
        to_us: number;
        by_us: number;
    };
    last_documents: Array<Purchase | LateCost | Blow | Sale | Waste | StockTransfer | Transfer | JournalEntry | Payment | WriteOff | StockCount | Return | Approval | Reservation | FlashSale | Order>;
    position: Position;
};

export type Reservation = {
    kind: 'reservation';
    number: string;
    status: 'active' | 'confirmed' | 'released' | 'expired';
    reservation_id: string;
    location_id: string;
    line_items: Array<{
        item_id: string;
        quantity: number;
    }>;
    expires_at: string;
    customer_id?: string;
    ended_at?: string;
    result_number?: string;
    released?: Array<{
        item_id: string;
        quantity: number;
    }>;
    created_by: string;
    effective_at: string;
    recorded_at: string;
    position: Position;
};

export type Return = PostedDocument & {
    kind: 'return';
    bill_number: string;
    party_id: string;
    location_id: string;
    line_items: Array<{
        line: number;
        item_id: string;
        quantity: number;
        unit_price: number;
        total_price: number;
        cost: number;
        adjusted_cost?: AdjustedMoney;
    }>;
    total_price: number;
    total_cost: number;
    adjusted_total_cost?: AdjustedMoney;
    adjusted_by?: AdjustedBy;
    reason: string;
};

export type Sale = PostedDocument & Settlement & {
    kind: 'sale';
    bill_number: string;
    customer_id: string;
    location_id: string;
    line_items: Array<{
        item_id: string;
        quantity: number;
        unit_price: number;
        total_price: number;
        cost: number;
        profit: number;
        adjusted_cost?: AdjustedMoney;
        adjusted_profit?: AdjustedMoney;
    }>;
    total_price: number;
    total_cost: number;
    total_profit: number;
    adjusted_total_cost?: AdjustedMoney;
    adjusted_total_profit?: AdjustedMoney;
    adjusted_by?: AdjustedBy;
    due_date?: string;
    notes?: string;
    reservation_id?: string;
    order_id?: string;
    ordered_by?: string;
};

export type StockAtPlace = {
    item_id: string;
    location_id: string;
    on_hand: number;
    reserved: number;
    available: number;
    average_cost: number | null;
    value: number;
};

export type ItemStock = {
    item_id: string;
    on_hand: number;
    reserved: number;
    available: number;
    average_cost: number | null;
    value: number;
    locations: Array<{
        location_id: string;
        on_hand: number;
        reserved: number;
        available: number;
        average_cost: number | null;
        value: number;
    }>;
    position: Position;
};

export type Movement = {
    position: Position;
    type: string;
    number: string | null;
    effective_at: string;
    recorded_at: string;
    actor: string;
    /**
     * of a row of type CostsAdjusted: the document that changed the cost of `number`
     */
    cause: string | null;
    location_id: string;
    quantity: number;
    value: number;
    /**
     * there, after this, in the order of recording
     */
    on_hand: number;
    value_on_hand: number;
    average_cost: number | null;
};

export type Explanation = Page & {
    item_id: string;
    location_id: string | null;
    summary: {
        on_hand: number;
        reserved: number;
        available: number;
        average_cost: number | null;
        value: number;
    };
    data: Array<{
        position: Position;
        type: string;
        number: string | null;
        effective_at: string;
        recorded_at: string;
        actor: string;
        /**
         * of a row of type CostsAdjusted: the document that changed the cost of `number`
         */
        cause: string | null;
        location_id: string;
        quantity: number;
        value: number;
        /**
         * there, after this, in the order of recording
         */
        on_hand: number;
        value_on_hand: number;
        average_cost: number | null;
        /**
         * of the document
         */
        href: string | null;
    }>;
};

export type StockCount = PostedDocument & {
    kind: 'stock_count';
    location_id: string;
    counts: Array<{
        item_id: string;
        counted_quantity: number;
        expected_quantity: number;
        difference: number;
        value: number;
        adjusted_value?: AdjustedMoney;
    }>;
    reason: string;
    adjusted_by?: AdjustedBy;
    counted_at_position: Position;
    /**
     * what was dated before the count and recorded after it has taken back of its differences
     */
    adjustments?: Array<{
        cause: string;
        counts: Array<{
            item_id: string;
            quantity: number;
            value: number;
        }>;
        recorded_at: string;
    }>;
};

export type StockTransfer = PostedDocument & {
    kind: 'stock_transfer';
    from_location_id: string;
    to_location_id: string;
    line_items: Array<CostLine>;
    adjusted_by?: AdjustedBy;
    notes?: string;
};

export type QueueMessage = {
    flash_sale_id: string;
    /**
     * before_start: tickets have no numbers yet; lifted: nobody needs a pass; ended: the flash sale is over
     */
    status: 'before_start' | 'open' | 'lifted' | 'ended';
    /**
     * whose turn has come: all numbers up to it
     */
    serving: number;
    /**
     * that was given
     */
    last_number: number;
    /**
     * tickets whose turn has not come
     */
    waiting: number;
    /**
     * as measured in the last half minute
     */
    let_in_per_minute: number;
    /**
     * pieces that could be ordered a moment ago
     */
    remaining: number | null;
};

export type WaitingQueue = QueueMessage & {
    starts_at: string;
    /**
     * numbers that were drawn at the start
     */
    drawn: number;
    /**
     * of the draw; null before the start
     */
    seed: string | null;
    settings?: QueueSettings;
    /**
     * neither used nor lapsed; not for staff
     */
    passes_out?: number;
    /**
     * not for staff
     */
    passes_used?: number;
    /**
     * not used in time; not for staff
     */
    passes_lapsed?: number;
};

export type QueueTicket = {
    flash_sale_id: string;
    customer_id: string;
    /**
     * null: it will be drawn at the start
     */
    number: number | null;
    /**
     * let_in: there is a pass; used by an order, or lapsed: another ticket may be taken
     */
    status: 'waiting' | 'let_in' | 'used' | 'lapsed';
    /**
     * whose turn has come: all numbers up to it
     */
    serving: number;
    /**
     * who come first; null where it does not wait, or has no number
     */
    ahead: number | null;
    /**
     * until its turn; null where nothing was measured
     */
    estimated_seconds: number | null;
    joined_at: string;
    /**
     * for the line of POST /flash-buy; told to those who may order
     */
    pass?: string;
    pass_expires_at?: string;
};

export type DrawPage = {
    data: Array<{
        number: number;
        /**
         * SHA-256 of "SEED:CUSTOMER_ID", hex; the smallest has number 1
         */
        draw: string;
        /**
         * not for staff and viewers
         */
        customer_id?: string;
    }>;
    next_cursor: string | null;
};

export type Waste = PostedDocument & {
    kind: 'waste';
    location_id: string;
    line_items: Array<CostLine>;
    total_cost: number;
    adjusted_total_cost?: AdjustedMoney;
    adjusted_by?: AdjustedBy;
    reason: string;
    notes?: string;
};

export type Webhook = {
    webhook_id: string;
    url: string;
    description: string;
    /**
     * of the events that are sent; null: all
     */
    types: Array<string> | null;
    active: boolean;
    /**
     * why the sender has made it inactive: the receiver answered 410; it has failed for five days; the ledger has another event than was sent; its secret was encrypted by a key that is gone
     */
    disabled_reason: 'gone' | 'failing' | 'history_differs' | 'secret_lost' | null;
    /**
     * of the last event that was sent, or not wanted; −1: none
     */
    position: number;
    /**
     * of the last event that was sent
     */
    sent_position: number | null;
    /**
     * of the event that is to be sent next
     */
    failures: number;
    failing_since: string | null;
    /**
     * after a failure
     */
    next_attempt_at: string | null;
    /**
     * until when the secret before signs as well
     */
    old_secret_until: string | null;
    created_at: string;
    created_by: string;
};

export type NewWebhook = Webhook & {
    /**
     * by which the receiver checks signatures; shown this once
     */
    secret: string;
};

export type WebhookAttempt = {
    attempt_id: string;
    /**
     * the `webhook-id` that was sent: the same for each attempt of one event
     */
    message_id: string;
    /**
     * null: a test
     */
    position: number | null;
    type: string;
    attempted_at: string;
    duration_ms: number;
    /**
     * that the receiver answered; null: it did not
     */
    status: number | null;
    /**
     * why there is no answer
     */
    error: 'address_refused' | 'connection_failed' | 'timeout' | null;
};

export type EventType = 'ItemRegistered' | 'ItemChanged' | 'SupplierRegistered' | 'SupplierChanged' | 'CustomerRegistered' | 'CustomerChanged' | 'LocationRegistered' | 'LocationChanged' | 'AccountRegistered' | 'AccountChanged' | 'PurchaseRecorded' | 'PaymentReceived' | 'PaymentMade' | 'BillWrittenOff' | 'DocumentVoided' | 'PurchaseReturned' | 'LateCostRecorded' | 'BlowRecorded' | 'SaleRecorded' | 'SaleReturned' | 'WasteRecorded' | 'StockTransferred' | 'MoneyTransferred' | 'JournalEntryRecorded' | 'StockCounted' | 'CountAdjusted' | 'ApprovalRequested' | 'ApprovalGranted' | 'ApprovalRejected' | 'ApprovalWithdrawn' | 'ApprovalExpired' | 'StockReserved' | 'ReservationCheckedOut' | 'ReservationReleased' | 'ReservationExpired' | 'FlashSaleOpened' | 'FlashSaleQueueChanged' | 'FlashSaleClosed' | 'FlashOrderPlaced' | 'FlashOrderChargeStarted' | 'FlashOrderConfirmed' | 'FlashOrderReleased' | 'FlashOrderChargedLate' | 'FlashOrderRefunded' | 'ApprovalThresholdChanged' | 'PeriodClosed' | 'PeriodReopened' | 'LedgerOpened';

export type WriteOff = PostedDocument & {
    kind: 'write_off';
    bill_number: string;
    party_id: string;
    amount: number;
    reason: string;
};

export type BatchLine = {
    type: 'items' | 'items/change' | 'suppliers' | 'suppliers/change' | 'customers' | 'customers/change' | 'locations' | 'locations/change' | 'accounts' | 'accounts/change' | 'purchases' | 'late-costs' | 'blows' | 'sales' | 'wastes' | 'stock-transfers' | 'transfers' | 'journal-entries' | 'payments' | 'write-offs' | 'stock-counts' | 'returns' | 'voids' | 'approvals/approve' | 'approvals/reject' | 'approvals/withdraw' | 'approval-thresholds' | 'reservations' | 'reservations/checkout' | 'reservations/release' | 'flash-sales' | 'flash-sales/close' | 'flash-sales/queue' | 'flash-sales/queue/lift' | 'flash-buy' | 'orders/cancel' | 'periods/close' | 'periods/reopen';
    /**
     * as of a request of its own, with what its path names
     */
    body: {
        [key: string]: unknown;
    };
    idempotency_key?: string;
};

export type BatchResult = {
    line: number;
    status: number;
    body?: {
        [key: string]: unknown;
    };
    problem?: Problem;
    replayed?: boolean;
};

export type ImportReport = {
    type: string;
    dry_run: boolean;
    /**
     * read, without the header and empty ones
     */
    lines: number;
    /**
     * what the lines are: documents, or records of master data
     */
    documents: number;
    /**
     * documents; in a dry run: that would be
     */
    recorded: number;
    /**
     * documents, by an earlier import with the same key
     */
    recorded_before: number;
    /**
     * documents, of those recorded
     */
    awaiting_approval: number;
    /**
     * documents
     */
    refused: number;
    /**
     * of the file
     */
    columns: Array<string>;
    separator: 'comma' | 'semicolon' | 'tab';
    /**
     * those that are of no field
     */
    ignored_columns: Array<string>;
    refusals: Array<{
        /**
         * of the file, the header being line 1 as a rule
         */
        line: number;
        /**
         * as the file calls it; null where it is no single one
         */
        column: string | null;
        code: string;
        detail: string;
        /**
         * whether the same lines can be accepted later
         */
        retry: boolean;
        /**
         * all lines of the document, as they were
         */
        rows: Array<{
            line: number;
            cells: Array<string>;
        }>;
    }>;
    /**
     * why the rest of the file, from about this line on, was not read; null: it was read to its end
     */
    stopped: {
        line: number;
        code: string | null;
        detail: string;
    } | null;
    position?: Position;
};

/**
 * RFC 9457. `code` is stable: switch on it. Each code has a schema of its own, with its details.
 */
export type Problem = {
    /**
     * where the code is explained
     */
    type: string;
    title: string;
    status: number;
    /**
     * for people: the title, with the details
     */
    detail: string;
    code: 'idempotency_key_reused' | 'unknown_ledger' | 'ledger_exists' | 'batch_too_large' | 'validation' | 'unknown_item' | 'unknown_supplier' | 'unknown_customer' | 'unknown_location' | 'unknown_account' | 'unknown_document' | 'unknown_approval' | 'unknown_reservation' | 'unknown_flash_sale' | 'unknown_order' | 'changed_since' | 'flash_sale_closed' | 'sold_out' | 'inactive_item' | 'inactive_supplier' | 'inactive_customer' | 'inactive_location' | 'inactive_account' | 'effective_in_future' | 'period_closed' | 'period_not_over' | 'period_not_closed' | 'already_exists' | 'not_empty' | 'control_account' | 'standard_account' | 'not_a_money_account' | 'same_location' | 'same_account' | 'not_voidable' | 'not_returnable' | 'not_payable' | 'effective_before_document' | 'already_void' | 'has_payments' | 'has_late_costs' | 'not_costable' | 'has_returns' | 'already_paid' | 'overpayment' | 'return_exceeds_bill' | 'has_write_offs' | 'approval_decided' | 'not_an_approver' | 'self_approval' | 'not_the_requester' | 'reservation_expired' | 'reservation_ended' | 'exceeds_reservation' | 'flash_sale_not_begun' | 'no_queue' | 'not_together' | 'pass_required' | 'pass_invalid' | 'pass_of_another' | 'pass_used' | 'pass_expired' | 'exceeds_customer_limit' | 'charge_under_way' | 'order_ended' | 'counted_since' | 'backdated_beyond_history' | 'too_many_adjustments' | 'insufficient_stock' | 'insufficient_funds' | 'amount_out_of_bounds' | 'malformed_request' | 'malformed_json' | 'malformed_csv' | 'invalid_parameter' | 'list_too_broad' | 'only_at_present' | 'sign_in_failed' | 'invalid_logout_token' | 'invalid_idempotency_key' | 'unauthenticated' | 'password_expired' | 'invalid_credentials' | 'forbidden' | 'no_access' | 'sign_in_too_weak' | 'password_change_required' | 'second_factor_required' | 'enrolment_required' | 'reauthentication_required' | 'wrong_factor' | 'second_admin_required' | 'too_many_factors' | 'last_factor' | 'wrong_password' | 'unknown_route' | 'unknown_user' | 'unknown_record' | 'method_not_allowed' | 'request_timeout' | 'url_refused' | 'too_many_webhooks' | 'user_exists' | 'managed_by_issuer' | 'last_admin' | 'ledger_halted' | 'projection_halted' | 'log_tampered' | 'payload_too_large' | 'headers_too_large' | 'uri_too_long' | 'unsupported_media_type' | 'account_locked' | 'rate_limited' | 'too_many_streams' | 'too_many_requests' | 'internal_error' | 'overloaded' | 'clock_ahead' | 'log_unavailable' | 'outcome_unknown' | 'projection_behind' | 'issuer_unavailable' | 'unavailable';
    /**
     * the short sentence, which is the title
     */
    error: string;
    /**
     * whether the same request may succeed later
     */
    retry: boolean;
    trace_id: string;
    /**
     * of an atomic batch or of a CSV file: the line that is wrong
     */
    line?: number;
};

export type Problem422 = Problem & {
    status?: 422;
};

export type Problem404 = Problem & {
    status?: 404;
    retry?: false;
};

export type Problem409 = Problem & {
    status?: 409;
};

export type Problem413 = Problem & {
    status?: 413;
    retry?: false;
};

export type Problem403 = Problem & {
    status?: 403;
    retry?: false;
};

export type Problem400 = Problem & {
    status?: 400;
    retry?: false;
};

export type Problem401 = Problem & {
    status?: 401;
    retry?: false;
};

export type Problem429 = Problem & {
    status?: 429;
    retry?: true;
};

export type Problem503 = Problem & {
    status?: 503;
    retry?: true;
};

/**
 * This Idempotency-Key was used for another request
 */
export type IdempotencyKeyReused = Problem422 & {
    code: 'idempotency_key_reused';
    retry?: false;
    idempotency_key: string;
};

/**
 * No such ledger
 */
export type UnknownLedger = Problem404 & {
    code: 'unknown_ledger';
    ledger_id?: string;
};

/**
 * This ledger is open already
 */
export type LedgerExists = Problem409 & {
    code: 'ledger_exists';
    retry?: false;
    ledger_id: string;
};

/**
 * More than one append can hold
 */
export type BatchTooLarge = Problem413 & {
    code: 'batch_too_large';
    events?: number;
    events_max?: number;
    bytes?: number;
    bytes_max?: number;
    lines_max?: number;
    first_month?: string;
    months_max?: number;
};

/**
 * The request is not valid
 */
export type Validation = Problem422 & {
    code: 'validation';
    retry?: false;
    /**
     * the first bad fields; `path` as in line_items.0.quantity
     */
    errors: Array<{
        path: string;
        message: string;
    }>;
    /**
     * how many more are bad
     */
    more_errors?: number;
};

/**
 * No such item
 */
export type UnknownItem = Problem404 & {
    code: 'unknown_item';
    item_id: string;
};

/**
 * No such supplier
 */
export type UnknownSupplier = Problem404 & {
    code: 'unknown_supplier';
    supplier_id: string;
};

/**
 * No such customer
 */
export type UnknownCustomer = Problem404 & {
    code: 'unknown_customer';
    customer_id: string;
};

/**
 * No such location
 */
export type UnknownLocation = Problem404 & {
    code: 'unknown_location';
    location_id: string;
};

/**
 * No such account
 */
export type UnknownAccount = Problem404 & {
    code: 'unknown_account';
    account_id: string;
};

/**
 * No such document
 */
export type UnknownDocument = Problem404 & {
    code: 'unknown_document';
    number: string;
};

/**
 * No such approval
 */
export type UnknownApproval = Problem404 & {
    code: 'unknown_approval';
    approval_id: string;
};

/**
 * No such reservation
 */
export type UnknownReservation = Problem404 & {
    code: 'unknown_reservation';
    reservation_id: string;
};

/**
 * No such flash sale
 */
export type UnknownFlashSale = Problem404 & {
    code: 'unknown_flash_sale';
    flash_sale_id: string;
};

/**
 * No such order
 */
export type UnknownOrder = Problem404 & {
    code: 'unknown_order';
    order_id: string;
};

/**
 * It has been changed since; read it again
 */
export type ChangedSince = Problem & {
    code: 'changed_since';
    status?: 412;
    retry?: false;
    item_id?: string;
    supplier_id?: string;
    customer_id?: string;
    location_id?: string;
    account_id?: string;
    /**
     * of its last change
     */
    position: Position;
};

/**
 * The flash sale is over
 */
export type FlashSaleClosed = Problem409 & {
    code: 'flash_sale_closed';
    retry?: false;
    flash_sale_id: string;
};

/**
 * Fewer pieces remain in the flash sale
 */
export type SoldOut = Problem409 & {
    code: 'sold_out';
    retry?: true;
    flash_sale_id: string;
    remaining: number;
    requested: number;
};

/**
 * The item is inactive
 */
export type InactiveItem = Problem409 & {
    code: 'inactive_item';
    retry?: false;
    item_id: string;
};

/**
 * The supplier is inactive
 */
export type InactiveSupplier = Problem409 & {
    code: 'inactive_supplier';
    retry?: false;
    supplier_id: string;
};

/**
 * The customer is inactive
 */
export type InactiveCustomer = Problem409 & {
    code: 'inactive_customer';
    retry?: false;
    customer_id: string;
};

/**
 * The location is inactive
 */
export type InactiveLocation = Problem409 & {
    code: 'inactive_location';
    retry?: false;
    location_id: string;
};

/**
 * The account is inactive
 */
export type InactiveAccount = Problem409 & {
    code: 'inactive_account';
    retry?: false;
    account_id: string;
};

/**
 * The effective date lies in the future
 */
export type EffectiveInFuture = Problem422 & {
    code: 'effective_in_future';
    retry?: true;
    effective_at: string;
    recorded_at: string;
};

/**
 * The month is closed, and nothing can be dated in it any more
 */
export type PeriodClosed = Problem409 & {
    code: 'period_closed';
    retry?: false;
    month: string;
    closed_through: string;
    first_open_month: string;
    effective_at?: string;
};

/**
 * The period is not over yet
 */
export type PeriodNotOver = Problem409 & {
    code: 'period_not_over';
    retry?: true;
    month: string;
    current_month: string;
};

/**
 * The period is not closed
 */
export type PeriodNotClosed = Problem409 & {
    code: 'period_not_closed';
    retry?: false;
    month: string;
    closed_through: string;
};

/**
 * The id is taken
 */
export type AlreadyExists = Problem409 & {
    code: 'already_exists';
    retry?: false;
    item_id?: string;
    supplier_id?: string;
    customer_id?: string;
    location_id?: string;
    account_id?: string;
};

/**
 * Something is still there
 */
export type NotEmpty = Problem409 & {
    code: 'not_empty';
    retry?: true;
    item_id?: string;
    location_id?: string;
    on_hand?: number;
    account_id?: string;
    balance?: number;
    number?: string;
};

/**
 * Only the ledger’s own events post to this account
 */
export type ControlAccount = Problem422 & {
    code: 'control_account';
    retry?: false;
    account_id: string;
};

/**
 * Every ledger has this account, so it stays active
 */
export type StandardAccount = Problem422 & {
    code: 'standard_account';
    retry?: false;
    account_id: string;
};

/**
 * Bills are paid from accounts that hold or owe money
 */
export type NotAMoneyAccount = Problem422 & {
    code: 'not_a_money_account';
    retry?: false;
    account_id: string;
    account_type: string;
};

/**
 * Both places are the same
 */
export type SameLocation = Problem422 & {
    code: 'same_location';
    retry?: false;
    location_id: string;
};

/**
 * Both accounts are the same
 */
export type SameAccount = Problem422 & {
    code: 'same_account';
    retry?: false;
    account_id: string;
};

/**
 * This kind of document cannot be voided
 */
export type NotVoidable = Problem409 & {
    code: 'not_voidable';
    retry?: false;
    number: string;
    kind: DocumentKind;
};

/**
 * Only sales and purchases can be returned
 */
export type NotReturnable = Problem409 & {
    code: 'not_returnable';
    retry?: false;
    number: string;
    kind: DocumentKind;
};

/**
 * Only sales, purchases and late costs can be paid
 */
export type NotPayable = Problem409 & {
    code: 'not_payable';
    retry?: false;
    number: string;
    kind: DocumentKind;
};

/**
 * It would be effective before the document that it refers to
 */
export type EffectiveBeforeDocument = Problem422 & {
    code: 'effective_before_document';
    retry?: false;
    number: string;
    document_effective_at: string;
    effective_at: string;
};

/**
 * The document is void
 */
export type AlreadyVoid = Problem409 & {
    code: 'already_void';
    retry?: false;
    number: string;
};

/**
 * The bill has payments, which must be void before it can be
 */
export type HasPayments = Problem409 & {
    code: 'has_payments';
    retry?: false;
    number: string;
    payments: Array<string>;
};

/**
 * The purchase has late costs, which must be void before it can be
 */
export type HasLateCosts = Problem409 & {
    code: 'has_late_costs';
    retry?: false;
    number: string;
    late_costs: Array<string>;
};

/**
 * Late costs are of purchases that were not sent back
 */
export type NotCostable = Problem422 & {
    code: 'not_costable';
    retry?: false;
    number: string;
    kind: DocumentKind;
};

/**
 * The bill has returns, which must be void before it can be
 */
export type HasReturns = Problem409 & {
    code: 'has_returns';
    retry?: false;
    number: string;
    returns: Array<string>;
};

/**
 * The bill is paid
 */
export type AlreadyPaid = Problem409 & {
    code: 'already_paid';
    retry?: false;
    number: string;
};

/**
 * More than is owed
 */
export type Overpayment = Problem409 & {
    code: 'overpayment';
    retry?: false;
    number: string;
    open: number;
    requested: number;
    effective_at?: string;
};

/**
 * More than the bill holds
 */
export type ReturnExceedsBill = Problem409 & {
    code: 'return_exceeds_bill';
    retry?: false;
    number: string;
    item_id: string;
    returnable: number;
    requested: number;
    excess: number;
};

/**
 * The bill has write-offs, which must be void before it can be
 */
export type HasWriteOffs = Problem409 & {
    code: 'has_write_offs';
    retry?: false;
    number: string;
    write_offs: Array<string>;
};

/**
 * The approval is decided
 */
export type ApprovalDecided = Problem409 & {
    code: 'approval_decided';
    retry?: false;
    approval_id: string;
    approval_status: 'approved' | 'rejected' | 'withdrawn' | 'expired';
    decided_by?: string;
    expires_at?: string;
};

/**
 * Only a manager or an admin decides on approvals
 */
export type NotAnApprover = Problem403 & {
    code: 'not_an_approver';
    approval_id: string;
    role: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer';
};

/**
 * Nobody approves their own request
 */
export type SelfApproval = Problem403 & {
    code: 'self_approval';
    approval_id: string;
    requested_by: string;
};

/**
 * Only the one who asked for it takes a request back
 */
export type NotTheRequester = Problem403 & {
    code: 'not_the_requester';
    approval_id: string;
    requested_by: string;
};

/**
 * The reservation has expired
 */
export type ReservationExpired = Problem409 & {
    code: 'reservation_expired';
    retry?: false;
    reservation_id: string;
    expires_at: string;
};

/**
 * The reservation has ended
 */
export type ReservationEnded = Problem409 & {
    code: 'reservation_ended';
    retry?: false;
    reservation_id: string;
    reservation_status: 'confirmed' | 'released';
    number?: string;
};

/**
 * More than was reserved
 */
export type ExceedsReservation = Problem409 & {
    code: 'exceeds_reservation';
    retry?: false;
    reservation_id: string;
    item_id: string;
    reserved: number;
    requested: number;
};

/**
 * The flash sale has not begun
 */
export type FlashSaleNotBegun = Problem409 & {
    code: 'flash_sale_not_begun';
    retry?: true;
    flash_sale_id: string;
    starts_at: string;
    recorded_at: string;
};

/**
 * The flash sale has no waiting queue
 */
export type NoQueue = Problem409 & {
    code: 'no_queue';
    retry?: false;
    flash_sale_id: string;
};

/**
 * These flash sales cannot be in one order
 */
export type NotTogether = Problem422 & {
    code: 'not_together';
    retry?: false;
    flash_sale_id: string;
    location_id: string;
    account_id: string;
};

/**
 * The flash sale has a waiting queue, and lets in whoever has its pass
 */
export type PassRequired = Problem409 & {
    code: 'pass_required';
    retry?: false;
    flash_sale_id: string;
};

/**
 * This is no pass of ours
 */
export type PassInvalid = Problem403 & {
    code: 'pass_invalid';
    flash_sale_id: string;
};

/**
 * The pass is of another customer or flash sale
 */
export type PassOfAnother = Problem403 & {
    code: 'pass_of_another';
    flash_sale_id: string;
    /**
     * of the order
     */
    customer_id: string;
};

/**
 * The pass was used before
 */
export type PassUsed = Problem409 & {
    code: 'pass_used';
    retry?: false;
    flash_sale_id: string;
    customer_id: string;
};

/**
 * The pass has expired; take another ticket
 */
export type PassExpired = Problem409 & {
    code: 'pass_expired';
    retry?: false;
    flash_sale_id: string;
    expires_at: string;
    recorded_at: string;
};

/**
 * More than one customer may buy in the flash sale
 */
export type ExceedsCustomerLimit = Problem409 & {
    code: 'exceeds_customer_limit';
    retry?: false;
    flash_sale_id: string;
    customer_id: string;
    per_customer_max: number;
    requested: number;
    /**
     * held or bought before; not told to staff
     */
    taken?: number;
};

/**
 * The order is being paid
 */
export type ChargeUnderWay = Problem409 & {
    code: 'charge_under_way';
    retry?: true;
    order_id: string;
};

/**
 * The order has ended
 */
export type OrderEnded = Problem409 & {
    code: 'order_ended';
    retry?: false;
    order_id: string;
    order_status: 'pending' | 'paying' | 'confirmed' | 'released' | 'refund_due' | 'refunded';
};

/**
 * The place has been counted since, and the count knows nothing of it
 */
export type CountedSince = Problem409 & {
    code: 'counted_since';
    retry?: false;
    item_id: string;
    location_id: string;
    counted_at: string;
    moved: number;
    number?: string;
    /**
     * not told to staff
     */
    difference?: number;
};

/**
 * Too far back to be checked against later stock
 */
export type BackdatedBeyondHistory = Problem409 & {
    code: 'backdated_beyond_history';
    retry?: false;
    item_id?: string;
    location_id?: string;
    account_id?: string;
    /**
     * the earliest moment that can be checked
     */
    checked_from?: string;
    effective_at?: string;
    counted_at_position?: Position;
};

/**
 * It would change the costs of more later movements than one command may
 */
export type TooManyAdjustments = Problem409 & {
    code: 'too_many_adjustments';
    retry?: false;
    movements_max: number;
    effective_at: string;
    accepted_from: string;
};

/**
 * Not enough stock
 */
export type InsufficientStock = Problem409 & {
    code: 'insufficient_stock';
    retry?: true;
    item_id: string;
    location_id: string;
    available: number;
    requested: number;
    shortage: number;
    /**
     * of a backdated command: the later moment that would lack them
     */
    at?: string;
};

/**
 * Not enough money in the account
 */
export type InsufficientFunds = Problem409 & {
    code: 'insufficient_funds';
    retry?: true;
    account_id: string;
    requested: number;
    /**
     * not told to staff
     */
    available?: number;
    /**
     * not told to staff
     */
    shortage?: number;
    /**
     * of a backdated command: the later moment that would lack it
     */
    at?: string;
};

/**
 * More than the books can hold
 */
export type AmountOutOfBounds = Problem422 & {
    code: 'amount_out_of_bounds';
    retry?: false;
    at_most: number;
    item_id?: string;
    location_id?: string;
    account_id?: string;
};

/**
 * The request is not well-formed HTTP
 */
export type MalformedRequest = Problem400 & {
    code: 'malformed_request';
};

/**
 * The body is not well-formed JSON
 */
export type MalformedJson = Problem400 & {
    code: 'malformed_json';
};

/**
 * The body is not well-formed CSV in UTF-8
 */
export type MalformedCsv = Problem400 & {
    code: 'malformed_csv';
};

/**
 * A parameter or header is not valid
 */
export type InvalidParameter = Problem400 & {
    code: 'invalid_parameter';
    /**
     * the first bad fields; `path` as in line_items.0.quantity
     */
    errors: Array<{
        path: string;
        message: string;
    }>;
    /**
     * how many more are bad
     */
    more_errors?: number;
};

/**
 * No index has these filters in this order, and too much would have to be read; narrow the list, such as by from and to
 */
export type ListTooBroad = Problem422 & {
    code: 'list_too_broad';
    retry?: false;
    /**
     * that are read for one page
     */
    rows_max: number;
};

/**
 * These parameters go with the present, not with as_of, known_at or position
 */
export type OnlyAtPresent = Problem422 & {
    code: 'only_at_present';
    retry?: false;
    parameters: Array<string>;
};

/**
 * The sign-in at the identity provider did not succeed; start again
 */
export type SignInFailed = Problem400 & {
    code: 'sign_in_failed';
};

/**
 * The logout token is not valid, or was used before
 */
export type InvalidLogoutToken = Problem400 & {
    code: 'invalid_logout_token';
};

/**
 * An Idempotency-Key is 1 to 255 printable ASCII characters
 */
export type InvalidIdempotencyKey = Problem400 & {
    code: 'invalid_idempotency_key';
};

/**
 * A valid bearer token is needed
 */
export type Unauthenticated = Problem401 & {
    code: 'unauthenticated';
};

/**
 * The temporary password has expired; an admin must set another one
 */
export type PasswordExpired = Problem401 & {
    code: 'password_expired';
};

/**
 * Wrong user name or password
 */
export type InvalidCredentials = Problem401 & {
    code: 'invalid_credentials';
};

/**
 * Your role may not do this
 */
export type Forbidden = Problem403 & {
    code: 'forbidden';
    role?: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer';
    type?: string;
};

/**
 * The identity provider knows you, but you have no role here
 */
export type NoAccess = Problem403 & {
    code: 'no_access';
};

/**
 * The identity provider must check more than it did, such as a second factor
 */
export type SignInTooWeak = Problem403 & {
    code: 'sign_in_too_weak';
};

/**
 * The password must be changed first: POST /auth/password, then sign in with the new one
 */
export type PasswordChangeRequired = Problem403 & {
    code: 'password_change_required';
};

/**
 * The second factor must be given first: POST /auth/second-factor
 */
export type SecondFactorRequired = Problem403 & {
    code: 'second_factor_required';
};

/**
 * Your role needs a second factor, and you have none: POST /auth/factors/totp
 */
export type EnrolmentRequired = Problem403 & {
    code: 'enrolment_required';
};

/**
 * Password, and second factor if any, must be given again first: POST /auth/reauthenticate
 */
export type ReauthenticationRequired = Problem403 & {
    code: 'reauthentication_required';
};

/**
 * The second factor is wrong, was used before, or is too old
 */
export type WrongFactor = Problem403 & {
    code: 'wrong_factor';
};

/**
 * Another admin must do this
 */
export type SecondAdminRequired = Problem403 & {
    code: 'second_admin_required';
};

/**
 * You have ten passkeys: remove one first
 */
export type TooManyFactors = Problem409 & {
    code: 'too_many_factors';
    retry?: false;
};

/**
 * Your role needs a second factor: enrol another one instead
 */
export type LastFactor = Problem409 & {
    code: 'last_factor';
    retry?: false;
};

/**
 * The current password is wrong
 */
export type WrongPassword = Problem403 & {
    code: 'wrong_password';
};

/**
 * There is nothing at this address
 */
export type UnknownRoute = Problem404 & {
    code: 'unknown_route';
};

/**
 * No such user
 */
export type UnknownUser = Problem404 & {
    code: 'unknown_user';
    username: string;
};

/**
 * No such record
 */
export type UnknownRecord = Problem404 & {
    code: 'unknown_record';
    session_id?: string;
    key_id?: string;
    factor_id?: string;
    verification_id?: string;
    webhook_id?: string;
};

/**
 * The request did not arrive in time; nothing was recorded
 */
export type RequestTimeout = Problem & {
    code: 'request_timeout';
    status?: 408;
    retry?: true;
};

/**
 * A webhook may not lead there: https to public addresses, or into networks that the operator allows
 */
export type UrlRefused = Problem422 & {
    code: 'url_refused';
    retry?: false;
};

/**
 * The ledger has as many webhooks as it may: remove one first
 */
export type TooManyWebhooks = Problem409 & {
    code: 'too_many_webhooks';
    retry?: false;
    webhooks_max: number;
};

/**
 * The user name is taken
 */
export type UserExists = Problem409 & {
    code: 'user_exists';
    retry?: false;
    username: string;
};

/**
 * The identity provider keeps the password and the roles of this user
 */
export type ManagedByIssuer = Problem409 & {
    code: 'managed_by_issuer';
    retry?: false;
    username?: string;
};

/**
 * The last active admin must stay one
 */
export type LastAdmin = Problem409 & {
    code: 'last_admin';
    retry?: false;
    username: string;
};

/**
 * The ledger is halted: its log is not what was recorded, and nothing is added to it
 */
export type LedgerHalted = Problem409 & {
    code: 'ledger_halted';
    retry?: false;
    ledger_id: string;
    reason: string;
    position?: Position;
};

/**
 * The read models of this ledger are halted ahead of that position, until an operator resumes them
 */
export type ProjectionHalted = Problem409 & {
    code: 'projection_halted';
    retry?: false;
    ledger_id: string;
    reason: string;
    position?: Position;
};

/**
 * The log is not what was recorded
 */
export type LogTampered = Problem409 & {
    code: 'log_tampered';
    retry?: false;
};

/**
 * The body is too large
 */
export type PayloadTooLarge = Problem413 & {
    code: 'payload_too_large';
    members_max?: number;
    bytes_max?: number;
};

/**
 * The headers are too large
 */
export type HeadersTooLarge = Problem & {
    code: 'headers_too_large';
    status?: 431;
    retry?: false;
};

/**
 * The address is too long
 */
export type UriTooLong = Problem & {
    code: 'uri_too_long';
    status?: 414;
    retry?: false;
};

/**
 * This address does not take this content type
 */
export type UnsupportedMediaType = Problem & {
    code: 'unsupported_media_type';
    status?: 415;
    retry?: false;
};

/**
 * Too many failed sign-ins; the account is locked for a while
 */
export type AccountLocked = Problem429 & {
    code: 'account_locked';
    locked_until: string;
};

/**
 * Asked more often than the limit allows
 */
export type RateLimited = Problem429 & {
    code: 'rate_limited';
    /**
     * which one, as in command-user
     */
    limit: string;
};

/**
 * You have as many streams open as you may; close one first
 */
export type TooManyStreams = Problem429 & {
    code: 'too_many_streams';
    streams_max: number;
};

/**
 * Too many requests from this address at a time
 */
export type TooManyRequests = Problem429 & {
    code: 'too_many_requests';
};

/**
 * Something went wrong on our side
 */
export type InternalError = Problem & {
    code: 'internal_error';
    status?: 500;
    retry?: true;
};

/**
 * Too much is waiting; nothing was recorded
 */
export type Overloaded = Problem503 & {
    code: 'overloaded';
};

/**
 * The clock of this server is far ahead of the log’s; nothing was recorded
 */
export type ClockAhead = Problem503 & {
    code: 'clock_ahead';
    now: string;
    log_time: string;
};

/**
 * The event log does not answer; nothing was recorded by this request
 */
export type LogUnavailable = Problem503 & {
    code: 'log_unavailable';
};

/**
 * It is not known whether this was recorded; send it again with the same key
 */
export type OutcomeUnknown = Problem503 & {
    code: 'outcome_unknown';
};

/**
 * The read models have not reached that position yet
 */
export type ProjectionBehind = Problem503 & {
    code: 'projection_behind';
    position: Position;
    min_position: Position;
};

/**
 * The identity provider does not answer
 */
export type IssuerUnavailable = Problem503 & {
    code: 'issuer_unavailable';
};

/**
 * A service behind this one does not answer
 */
export type Unavailable = Problem503 & {
    code: 'unavailable';
    /**
     * what does not answer
     */
    missing?: Array<string>;
    breakers?: {
        postgres: 'closed' | 'half_open' | 'open';
    };
    halted?: Array<{
        ledger_id: string;
        reason: string;
        position?: Position;
    }>;
};

export type Ledger2 = string;

/**
 * as min_position: of the answer to a command, to read what it wrote
 */
export type LedgerPosition = number;

/**
 * ETag of an answer that is known: 304 where it is still so
 */
export type IfNoneMatch = string;

/**
 * wait until this position can be read; so does the header Ledger-Position
 */
export type MinPosition = number;

export type IdempotencyKey = string;

/**
 * as it was in the factory by then, by effective time; a day means its end
 */
export type AsOf = string;

/**
 * as it was known by then, by recorded time; a day means its end
 */
export type KnownAt = string;

/**
 * as it was known at this position of the ledger
 */
export type Position2 = number;

export type DryRun = boolean;

/**
 * default: json; csv holds all rows
 */
export type Format = 'json' | 'csv';

export type Id2 = string;

/**
 * default: 100
 */
export type Limit = number;

/**
 * next_cursor of the page before, or prev_cursor of the page after
 */
export type Cursor = string;

export type Number = string;

/**
 * from this moment or day on
 */
export type From = string;

/**
 * until this moment or day, included
 */
export type To = string;

/**
 * username
 */
export type CreatedBy = string;

/**
 * how the number begins, with or without the letters of its kind
 */
export type Q = string;

/**
 * true: with the totals of all pages, of the present
 */
export type Totals = 'true' | 'false';

export type LocationId = Id;

export type ItemId = Id;

export type Status = 'confirmed' | 'void';

export type Username = string;

export type Active = 'true' | 'false';

/**
 * at least
 */
export type AmountMin = string;

/**
 * at most
 */
export type AmountMax = string;

/**
 * how the id begins, or words of the name
 */
export type ListItemsQ = string;

/**
 * ETag or "position" of what was read: 412 where it has been changed since
 */
export type IfMatch = string;

/**
 * -: downwards. Default: -recorded_at; with q: -number
 */
export type Sort = 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';

/**
 * -: downwards. Default: -recorded_at; with q: -number
 */
export type ListTransfersSort = 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';

export type AccountId = Id;

/**
 * first day, in the ledger's time zone
 */
export type GetProfitLossFrom = string;

/**
 * last day, included
 */
export type GetProfitLossTo = string;

/**
 * at least
 */
export type TotalPriceMin = string;

/**
 * at most
 */
export type TotalPriceMax = string;

export type BillNumber = Id;

/**
 * the last id that was received; browsers send it by themselves
 */
export type LastEventId = number;

export type PaymentStatus2 = PaymentStatus;

/**
 * at least
 */
export type OpenAmountMin = string;

/**
 * at most
 */
export type OpenAmountMax = string;

/**
 * of bills without one it is their own day
 */
export type DueDateFrom = string;

/**
 * of bills without one it is their own day
 */
export type DueDateTo = string;

export type OrderId = Id;

export type PartyId = Id;

/**
 * go on behind this position; Last-Event-ID goes before it
 */
export type StreamStockPosition = number;

/**
 * device_token of an earlier sign-in: guesses of others do not lock this device out. Browsers send it as a cookie
 */
export type DeviceToken = string;

/**
 * -: of none
 */
export type Email = string;

/**
 * -: of none
 */
export type Phone = string;

/**
 * -: downwards. Default: -recorded_at; with q: -number
 */
export type ListPurchasesSort = 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price' | 'open_amount' | '-open_amount' | 'due_date' | '-due_date';

export type SupplierId = Id;

export type CustomerId = Id;

/**
 * -: downwards. Default: -recorded_at; with q: -number
 */
export type ListReturnsSort = 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price';

export type Month = string;

/**
 * default: place, an item at a location
 */
export type GroupBy = 'place' | 'item' | 'location';

/**
 * username
 */
export type Actor = string;

/**
 * type of the events, such as SaleRecorded or SignInFailed
 */
export type Type = string;

export type Order2 = 'newest_first' | 'oldest_first';

export type IsLiveData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/health/live';
};

export type IsLiveErrors = {
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type IsLiveError = IsLiveErrors[keyof IsLiveErrors];

export type IsLiveResponses = {
    /**
     * The process runs.
     */
    200: {
        status: 'ok';
    };
};

export type IsLiveResponse = IsLiveResponses[keyof IsLiveResponses];

export type IsReadyData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/health/ready';
};

export type IsReadyErrors = {
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type IsReadyError = IsReadyErrors[keyof IsReadyErrors];

export type IsReadyResponses = {
    /**
     * Commands and queries both work.
     */
    200: {
        /**
         * degraded: some ledgers are halted
         */
        status: 'ok' | 'degraded';
        instances: {
            /**
             * that are in API_PEERS, itself included
             */
            known: number;
            /**
             * that this one hears, itself included
             */
            alive: number;
        };
        /**
         * open: what needs it is answered 503 at once
         */
        breakers: {
            postgres: 'closed' | 'half_open' | 'open';
        };
        halted?: Array<{
            ledger_id: string;
            /**
             * of its last good event
             */
            position: number;
            reason: string;
        }>;
    };
};

export type IsReadyResponse = IsReadyResponses[keyof IsReadyResponses];

export type GetMetricsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/metrics';
};

export type GetMetricsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type GetMetricsError = GetMetricsErrors[keyof GetMetricsErrors];

export type GetMetricsResponses = {
    /**
     * Metrics in the format of Prometheus.
     */
    200: string;
};

export type GetMetricsResponse = GetMetricsResponses[keyof GetMetricsResponses];

export type LoginData = {
    body: LoginBody;
    headers?: {
        /**
         * device_token of an earlier sign-in: guesses of others do not lock this device out. Browsers send it as a cookie
         */
        'device-token'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/auth/login';
};

export type LoginErrors = {
    /**
     * Who asks is not known.
     */
    401: PasswordExpired | InvalidCredentials;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type LoginError = LoginErrors[keyof LoginErrors];

export type LoginResponses = {
    /**
     * the answer
     */
    200: SignedIn;
};

export type LoginResponse = LoginResponses[keyof LoginResponses];

export type LogoutData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/logout';
};

export type LogoutErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type LogoutError = LogoutErrors[keyof LogoutErrors];

export type LogoutResponses = {
    /**
     * The token is void.
     */
    204: void;
};

export type LogoutResponse = LogoutResponses[keyof LogoutResponses];

export type ChangePasswordData = {
    body: ChangePasswordBody;
    headers?: {
        /**
         * device_token of an earlier sign-in: guesses of others do not lock this device out. Browsers send it as a cookie
         */
        'device-token'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/auth/password';
};

export type ChangePasswordErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated | PasswordExpired;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired | WrongPassword;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ManagedByIssuer;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ChangePasswordError = ChangePasswordErrors[keyof ChangePasswordErrors];

export type ChangePasswordResponses = {
    /**
     * Sign in with the new password.
     */
    204: void;
};

export type ChangePasswordResponse = ChangePasswordResponses[keyof ChangePasswordResponses];

export type WhoAmIData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/me';
};

export type WhoAmIErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type WhoAmIError = WhoAmIErrors[keyof WhoAmIErrors];

export type WhoAmIResponses = {
    /**
     * the answer
     */
    200: Me;
};

export type WhoAmIResponse = WhoAmIResponses[keyof WhoAmIResponses];

export type GiveSecondFactorData = {
    body: SecondFactorBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/second-factor';
};

export type GiveSecondFactorErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | WrongFactor;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type GiveSecondFactorError = GiveSecondFactorErrors[keyof GiveSecondFactorErrors];

export type GiveSecondFactorResponses = {
    /**
     * the answer
     */
    200: Token;
};

export type GiveSecondFactorResponse = GiveSecondFactorResponses[keyof GiveSecondFactorResponses];

export type ReauthenticateData = {
    body: ReauthenticationBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/reauthenticate';
};

export type ReauthenticateErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated | PasswordExpired;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | WrongPassword | WrongFactor;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ManagedByIssuer;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ReauthenticateError = ReauthenticateErrors[keyof ReauthenticateErrors];

export type ReauthenticateResponses = {
    /**
     * This session may change them for the next five minutes.
     */
    204: void;
};

export type ReauthenticateResponse = ReauthenticateResponses[keyof ReauthenticateResponses];

export type ListFactorsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/auth/factors';
};

export type ListFactorsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListFactorsError = ListFactorsErrors[keyof ListFactorsErrors];

export type ListFactorsResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<Factor>;
        recovery_codes_left: number;
    };
};

export type ListFactorsResponse = ListFactorsResponses[keyof ListFactorsResponses];

export type BeginTotpData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/totp';
};

export type BeginTotpErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type BeginTotpError = BeginTotpErrors[keyof BeginTotpErrors];

export type BeginTotpResponses = {
    /**
     * the answer
     */
    201: {
        factor_id: string;
        /**
         * Base32, to be typed where nothing can be scanned
         */
        secret: string;
        /**
         * otpauth://
         */
        uri: string;
        /**
         * the URI as a QR code, in SVG
         */
        qr_svg: string;
    };
};

export type BeginTotpResponse = BeginTotpResponses[keyof BeginTotpResponses];

export type ConfirmTotpData = {
    body: CodeBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/totp/confirm';
};

export type ConfirmTotpErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired | WrongFactor;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ConfirmTotpError = ConfirmTotpErrors[keyof ConfirmTotpErrors];

export type ConfirmTotpResponses = {
    /**
     * the answer
     */
    200: EnrolledFactor;
};

export type ConfirmTotpResponse = ConfirmTotpResponses[keyof ConfirmTotpResponses];

export type ChallengePasskeyData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/passkeys/challenge';
};

export type ChallengePasskeyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ChallengePasskeyError = ChallengePasskeyErrors[keyof ChallengePasskeyErrors];

export type ChallengePasskeyResponses = {
    /**
     * the answer
     */
    200: {
        [key: string]: unknown;
    };
};

export type ChallengePasskeyResponse = ChallengePasskeyResponses[keyof ChallengePasskeyResponses];

export type BeginPasskeyData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/passkeys';
};

export type BeginPasskeyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: TooManyFactors;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type BeginPasskeyError = BeginPasskeyErrors[keyof BeginPasskeyErrors];

export type BeginPasskeyResponses = {
    /**
     * the answer
     */
    201: {
        [key: string]: unknown;
    };
};

export type BeginPasskeyResponse = BeginPasskeyResponses[keyof BeginPasskeyResponses];

export type ConfirmPasskeyData = {
    body: NewPasskeyBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/passkeys/confirm';
};

export type ConfirmPasskeyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired | WrongFactor;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: AccountLocked | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ConfirmPasskeyError = ConfirmPasskeyErrors[keyof ConfirmPasskeyErrors];

export type ConfirmPasskeyResponses = {
    /**
     * the answer
     */
    200: EnrolledFactor;
};

export type ConfirmPasskeyResponse = ConfirmPasskeyResponses[keyof ConfirmPasskeyResponses];

export type MakeRecoveryCodesData = {
    body?: never;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/auth/factors/recovery-codes';
};

export type MakeRecoveryCodesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type MakeRecoveryCodesError = MakeRecoveryCodesErrors[keyof MakeRecoveryCodesErrors];

export type MakeRecoveryCodesResponses = {
    /**
     * the answer
     */
    201: RecoveryCodes;
};

export type MakeRecoveryCodesResponse = MakeRecoveryCodesResponses[keyof MakeRecoveryCodesResponses];

export type RemoveFactorData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/auth/factors/{id}';
};

export type RemoveFactorErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LastFactor;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type RemoveFactorError = RemoveFactorErrors[keyof RemoveFactorErrors];

export type RemoveFactorResponses = {
    /**
     * It is gone.
     */
    204: void;
};

export type RemoveFactorResponse = RemoveFactorResponses[keyof RemoveFactorResponses];

export type ResetFactorsData = {
    body?: never;
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}/factors';
};

export type ResetFactorsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired | SecondAdminRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ResetFactorsError = ResetFactorsErrors[keyof ResetFactorsErrors];

export type ResetFactorsResponses = {
    /**
     * The user has no second factor.
     */
    204: void;
};

export type ResetFactorsResponse = ResetFactorsResponses[keyof ResetFactorsResponses];

export type EndOtherSessionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/sessions';
};

export type EndOtherSessionsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type EndOtherSessionsError = EndOtherSessionsErrors[keyof EndOtherSessionsErrors];

export type EndOtherSessionsResponses = {
    /**
     * Their tokens are void.
     */
    204: void;
};

export type EndOtherSessionsResponse = EndOtherSessionsResponses[keyof EndOtherSessionsResponses];

export type ListSessionsData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/auth/sessions';
};

export type ListSessionsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListSessionsError = ListSessionsErrors[keyof ListSessionsErrors];

export type ListSessionsResponses = {
    /**
     * the answer
     */
    200: Sessions;
};

export type ListSessionsResponse = ListSessionsResponses[keyof ListSessionsResponses];

export type EndSessionData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/auth/sessions/{id}';
};

export type EndSessionErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type EndSessionError = EndSessionErrors[keyof EndSessionErrors];

export type EndSessionResponses = {
    /**
     * Its token is void.
     */
    204: void;
};

export type EndSessionResponse = EndSessionResponses[keyof EndSessionResponses];

export type EndSessionsOfUserData = {
    body?: never;
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}/sessions';
};

export type EndSessionsOfUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type EndSessionsOfUserError = EndSessionsOfUserErrors[keyof EndSessionsOfUserErrors];

export type EndSessionsOfUserResponses = {
    /**
     * Every token of the user is void.
     */
    204: void;
};

export type EndSessionsOfUserResponse = EndSessionsOfUserResponses[keyof EndSessionsOfUserResponses];

export type ListSessionsOfUserData = {
    body?: never;
    path: {
        username: string;
    };
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/users/{username}/sessions';
};

export type ListSessionsOfUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListSessionsOfUserError = ListSessionsOfUserErrors[keyof ListSessionsOfUserErrors];

export type ListSessionsOfUserResponses = {
    /**
     * the answer
     */
    200: Sessions;
};

export type ListSessionsOfUserResponse = ListSessionsOfUserResponses[keyof ListSessionsOfUserResponses];

export type EndSessionOfUserData = {
    body?: never;
    path: {
        username: string;
        id: string;
    };
    query?: never;
    url: '/api/v1/users/{username}/sessions/{id}';
};

export type EndSessionOfUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser | UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type EndSessionOfUserError = EndSessionOfUserErrors[keyof EndSessionOfUserErrors];

export type EndSessionOfUserResponses = {
    /**
     * Its token is void.
     */
    204: void;
};

export type EndSessionOfUserResponse = EndSessionOfUserResponses[keyof EndSessionOfUserResponses];

export type ListUsersData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * how the username begins, or a word of the display name
         */
        q?: string;
        /**
         * in all ledgers; with ledger_id in that one. -: none
         */
        role?: 'admin' | 'manager' | 'staff' | 'auditor' | 'viewer' | '-';
        /**
         * in which they have a role of its own
         */
        ledger_id?: string;
        active?: 'true' | 'false';
        single_sign_on?: 'true' | 'false';
        /**
         * username
         */
        created_by?: string;
        /**
         * -: downwards. Default: username
         */
        sort?: 'username' | '-username' | 'created_at' | '-created_at';
    };
    url: '/api/v1/users';
};

export type ListUsersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListUsersError = ListUsersErrors[keyof ListUsersErrors];

export type ListUsersResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<User>;
        next_cursor: NextCursor;
        prev_cursor: PrevCursor;
    };
};

export type ListUsersResponse = ListUsersResponses[keyof ListUsersResponses];

export type CreateUserData = {
    body: NewUserBody;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/users';
};

export type CreateUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: UserExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CreateUserError = CreateUserErrors[keyof CreateUserErrors];

export type CreateUserResponses = {
    /**
     * the answer
     */
    201: UserWithPassword;
};

export type CreateUserResponse = CreateUserResponses[keyof CreateUserResponses];

export type GetUserData = {
    body?: never;
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}';
};

export type GetUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type GetUserError = GetUserErrors[keyof GetUserErrors];

export type GetUserResponses = {
    /**
     * the answer
     */
    200: User;
};

export type GetUserResponse = GetUserResponses[keyof GetUserResponses];

export type ChangeUserData = {
    body: ChangeUserBody;
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}';
};

export type ChangeUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ManagedByIssuer | LastAdmin;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ChangeUserError = ChangeUserErrors[keyof ChangeUserErrors];

export type ChangeUserResponses = {
    /**
     * the answer
     */
    200: User;
};

export type ChangeUserResponse = ChangeUserResponses[keyof ChangeUserResponses];

export type UnlockUserData = {
    body?: never;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}/unlock';
};

export type UnlockUserErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type UnlockUserError = UnlockUserErrors[keyof UnlockUserErrors];

export type UnlockUserResponses = {
    /**
     * the answer
     */
    200: User;
};

export type UnlockUserResponse = UnlockUserResponses[keyof UnlockUserResponses];

export type ResetPasswordData = {
    body: ResetPasswordBody;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path: {
        username: string;
    };
    query?: never;
    url: '/api/v1/users/{username}/reset-password';
};

export type ResetPasswordErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownUser | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ManagedByIssuer | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ResetPasswordError = ResetPasswordErrors[keyof ResetPasswordErrors];

export type ResetPasswordResponses = {
    /**
     * the answer
     */
    200: UserWithPassword;
};

export type ResetPasswordResponse = ResetPasswordResponses[keyof ResetPasswordResponses];

export type ListApiKeysData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/api-keys';
};

export type ListApiKeysErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListApiKeysError = ListApiKeysErrors[keyof ListApiKeysErrors];

export type ListApiKeysResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<ApiKey>;
    };
};

export type ListApiKeysResponse = ListApiKeysResponses[keyof ListApiKeysResponses];

export type CreateApiKeyData = {
    body: NewApiKeyBody;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/api-keys';
};

export type CreateApiKeyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CreateApiKeyError = CreateApiKeyErrors[keyof CreateApiKeyErrors];

export type CreateApiKeyResponses = {
    /**
     * the answer
     */
    201: NewApiKey;
};

export type CreateApiKeyResponse = CreateApiKeyResponses[keyof CreateApiKeyResponses];

export type RevokeApiKeyData = {
    body?: never;
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/api-keys/{id}';
};

export type RevokeApiKeyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type RevokeApiKeyError = RevokeApiKeyErrors[keyof RevokeApiKeyErrors];

export type RevokeApiKeyResponses = {
    /**
     * The key is void.
     */
    204: void;
};

export type RevokeApiKeyResponse = RevokeApiKeyResponses[keyof RevokeApiKeyResponses];

export type BeginSingleSignOnData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * A page of PUBLIC_URL or of CORS_ORIGINS, which gets `?code=…` for POST /auth/oidc/token. Without it the callback answers with the token.
         */
        return_to?: string;
        /**
         * With return_to: base64url of the SHA-256 of the code_verifier that the page keeps.
         */
        code_challenge?: string;
    };
    url: '/api/v1/auth/oidc/start';
};

export type BeginSingleSignOnErrors = {
    /**
     * What the request names is not there.
     */
    404: UnknownRoute;
    /**
     * Not now; Retry-After says how long to wait.
     */
    503: IssuerUnavailable | Overloaded | Unavailable;
};

export type BeginSingleSignOnError = BeginSingleSignOnErrors[keyof BeginSingleSignOnErrors];

export type BeginSingleSignOnResponses = {
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type BeginSingleSignOnResponse = BeginSingleSignOnResponses[keyof BeginSingleSignOnResponses];

export type FinishSingleSignOnData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/auth/oidc/callback';
};

export type FinishSingleSignOnErrors = {
    /**
     * The request is malformed.
     */
    400: SignInFailed | MalformedRequest | MalformedJson | InvalidParameter;
    /**
     * Who asks may not do this.
     */
    403: NoAccess | SignInTooWeak;
    /**
     * What the request names is not there.
     */
    404: UnknownRoute;
    /**
     * Not now; Retry-After says how long to wait.
     */
    503: IssuerUnavailable | Overloaded | Unavailable;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type FinishSingleSignOnError = FinishSingleSignOnErrors[keyof FinishSingleSignOnErrors];

export type FinishSingleSignOnResponses = {
    /**
     * the answer
     */
    200: {
        access_token: string;
        token_type: 'bearer';
        /**
         * seconds
         */
        expires_in: number;
        username: string;
    };
};

export type FinishSingleSignOnResponse = FinishSingleSignOnResponses[keyof FinishSingleSignOnResponses];

export type TakeOverSignOnData = {
    body: TakeOverBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/oidc/token';
};

export type TakeOverSignOnErrors = {
    /**
     * The request is malformed.
     */
    400: SignInFailed | MalformedRequest | MalformedJson | InvalidParameter;
    /**
     * What the request names is not there.
     */
    404: UnknownRoute;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type TakeOverSignOnError = TakeOverSignOnErrors[keyof TakeOverSignOnErrors];

export type TakeOverSignOnResponses = {
    /**
     * the answer
     */
    200: {
        access_token: string;
        token_type: 'bearer';
        /**
         * seconds
         */
        expires_in: number;
        username: string;
    };
};

export type TakeOverSignOnResponse = TakeOverSignOnResponses[keyof TakeOverSignOnResponses];

export type EndSignOnData = {
    body: LogoutBody;
    path?: never;
    query?: never;
    url: '/api/v1/auth/oidc/backchannel-logout';
};

export type EndSignOnErrors = {
    /**
     * The request is malformed.
     */
    400: InvalidLogoutToken | MalformedRequest | MalformedJson | InvalidParameter;
    /**
     * What the request names is not there.
     */
    404: UnknownRoute;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Not now; Retry-After says how long to wait.
     */
    503: IssuerUnavailable | Overloaded | Unavailable;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type EndSignOnError = EndSignOnErrors[keyof EndSignOnErrors];

export type EndSignOnResponses = {
    /**
     * They have ended, here at once and in other instances within a second.
     */
    204: void;
};

export type EndSignOnResponse = EndSignOnResponses[keyof EndSignOnResponses];

export type ListLedgersData = {
    body?: never;
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/ledgers';
};

export type ListLedgersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListLedgersError = ListLedgersErrors[keyof ListLedgersErrors];

export type ListLedgersResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<Ledger>;
    };
};

export type ListLedgersResponse = ListLedgersResponses[keyof ListLedgersResponses];

export type OpenLedgerData = {
    body: NewLedgerBody;
    headers?: {
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/ledgers';
};

export type OpenLedgerErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type OpenLedgerError = OpenLedgerErrors[keyof OpenLedgerErrors];

export type OpenLedgerResponses = {
    /**
     * if recorded
     */
    200: Ledger;
    /**
     * recorded
     */
    201: Ledger;
};

export type OpenLedgerResponse = OpenLedgerResponses[keyof OpenLedgerResponses];

export type ListItemsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        active?: 'true' | 'false';
        /**
         * how the id begins, or words of the name
         */
        q?: string;
        kind?: 'preform' | 'bottle' | 'other';
        /**
         * -: of none
         */
        size_ml?: string;
        /**
         * -: of none
         */
        grade?: string;
        /**
         * -: of none
         */
        unit?: string;
        /**
         * -: of none
         */
        reorder_level?: string;
        /**
         * -: downwards. Default: item_id
         */
        sort?: 'item_id' | '-item_id' | 'name' | '-name' | 'position' | '-position';
    };
    url: '/api/v1/items';
};

export type ListItemsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListItemsError = ListItemsErrors[keyof ListItemsErrors];

export type ListItemsResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<Item>;
    };
};

export type ListItemsResponse = ListItemsResponses[keyof ListItemsResponses];

export type RegisterItemData = {
    body: ItemBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/items';
};

export type RegisterItemErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RegisterItemError = RegisterItemErrors[keyof RegisterItemErrors];

export type RegisterItemResponses = {
    /**
     * if recorded
     */
    200: Item;
    /**
     * recorded
     */
    201: Item;
};

export type RegisterItemResponse = RegisterItemResponses[keyof RegisterItemResponses];

export type GetItemData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/items/{id}';
};

export type GetItemErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetItemError = GetItemErrors[keyof GetItemErrors];

export type GetItemResponses = {
    /**
     * the answer
     */
    200: Item;
};

export type GetItemResponse = GetItemResponses[keyof GetItemResponses];

export type ChangeItemData = {
    body: ItemChangeBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
        /**
         * ETag or "position" of what was read: 412 where it has been changed since
         */
        'If-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/items/{id}';
};

export type ChangeItemErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLedger;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeItemError = ChangeItemErrors[keyof ChangeItemErrors];

export type ChangeItemResponses = {
    /**
     * recorded
     */
    200: Item;
};

export type ChangeItemResponse = ChangeItemResponses[keyof ChangeItemResponses];

export type ListSuppliersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        active?: 'true' | 'false';
        /**
         * how the id begins, or words of the name
         */
        q?: string;
        /**
         * -: of none
         */
        email?: string;
        /**
         * -: of none
         */
        phone?: string;
        /**
         * -: downwards. Default: supplier_id
         */
        sort?: 'supplier_id' | '-supplier_id' | 'name' | '-name' | 'position' | '-position';
    };
    url: '/api/v1/suppliers';
};

export type ListSuppliersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListSuppliersError = ListSuppliersErrors[keyof ListSuppliersErrors];

export type ListSuppliersResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<Supplier>;
    };
};

export type ListSuppliersResponse = ListSuppliersResponses[keyof ListSuppliersResponses];

export type RegisterSupplierData = {
    body: SupplierBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/suppliers';
};

export type RegisterSupplierErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RegisterSupplierError = RegisterSupplierErrors[keyof RegisterSupplierErrors];

export type RegisterSupplierResponses = {
    /**
     * if recorded
     */
    200: Supplier;
    /**
     * recorded
     */
    201: Supplier;
};

export type RegisterSupplierResponse = RegisterSupplierResponses[keyof RegisterSupplierResponses];

export type GetSupplierData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/suppliers/{id}';
};

export type GetSupplierErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownSupplier | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetSupplierError = GetSupplierErrors[keyof GetSupplierErrors];

export type GetSupplierResponses = {
    /**
     * the answer
     */
    200: Supplier;
};

export type GetSupplierResponse = GetSupplierResponses[keyof GetSupplierResponses];

export type ChangeSupplierData = {
    body: PartyChangeBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
        /**
         * ETag or "position" of what was read: 412 where it has been changed since
         */
        'If-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/suppliers/{id}';
};

export type ChangeSupplierErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownSupplier | UnknownLedger;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeSupplierError = ChangeSupplierErrors[keyof ChangeSupplierErrors];

export type ChangeSupplierResponses = {
    /**
     * recorded
     */
    200: Supplier;
};

export type ChangeSupplierResponse = ChangeSupplierResponses[keyof ChangeSupplierResponses];

export type ListCustomersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        active?: 'true' | 'false';
        /**
         * how the id begins, or words of the name
         */
        q?: string;
        /**
         * -: of none
         */
        email?: string;
        /**
         * -: of none
         */
        phone?: string;
        /**
         * -: downwards. Default: customer_id
         */
        sort?: 'customer_id' | '-customer_id' | 'name' | '-name' | 'position' | '-position';
    };
    url: '/api/v1/customers';
};

export type ListCustomersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListCustomersError = ListCustomersErrors[keyof ListCustomersErrors];

export type ListCustomersResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<Customer>;
    };
};

export type ListCustomersResponse = ListCustomersResponses[keyof ListCustomersResponses];

export type RegisterCustomerData = {
    body: CustomerBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/customers';
};

export type RegisterCustomerErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RegisterCustomerError = RegisterCustomerErrors[keyof RegisterCustomerErrors];

export type RegisterCustomerResponses = {
    /**
     * if recorded
     */
    200: Customer;
    /**
     * recorded
     */
    201: Customer;
};

export type RegisterCustomerResponse = RegisterCustomerResponses[keyof RegisterCustomerResponses];

export type GetCustomerData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/customers/{id}';
};

export type GetCustomerErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownCustomer | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetCustomerError = GetCustomerErrors[keyof GetCustomerErrors];

export type GetCustomerResponses = {
    /**
     * the answer
     */
    200: Customer;
};

export type GetCustomerResponse = GetCustomerResponses[keyof GetCustomerResponses];

export type ChangeCustomerData = {
    body: PartyChangeBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
        /**
         * ETag or "position" of what was read: 412 where it has been changed since
         */
        'If-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/customers/{id}';
};

export type ChangeCustomerErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownCustomer | UnknownLedger;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeCustomerError = ChangeCustomerErrors[keyof ChangeCustomerErrors];

export type ChangeCustomerResponses = {
    /**
     * recorded
     */
    200: Customer;
};

export type ChangeCustomerResponse = ChangeCustomerResponses[keyof ChangeCustomerResponses];

export type ListLocationsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        active?: 'true' | 'false';
        /**
         * how the id begins, or words of the name
         */
        q?: string;
        /**
         * -: downwards. Default: location_id
         */
        sort?: 'location_id' | '-location_id' | 'name' | '-name' | 'position' | '-position';
    };
    url: '/api/v1/locations';
};

export type ListLocationsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListLocationsError = ListLocationsErrors[keyof ListLocationsErrors];

export type ListLocationsResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<Location>;
    };
};

export type ListLocationsResponse = ListLocationsResponses[keyof ListLocationsResponses];

export type RegisterLocationData = {
    body: LocationBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/locations';
};

export type RegisterLocationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RegisterLocationError = RegisterLocationErrors[keyof RegisterLocationErrors];

export type RegisterLocationResponses = {
    /**
     * if recorded
     */
    200: Location;
    /**
     * recorded
     */
    201: Location;
};

export type RegisterLocationResponse = RegisterLocationResponses[keyof RegisterLocationResponses];

export type GetLocationData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/locations/{id}';
};

export type GetLocationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetLocationError = GetLocationErrors[keyof GetLocationErrors];

export type GetLocationResponses = {
    /**
     * the answer
     */
    200: Location;
};

export type GetLocationResponse = GetLocationResponses[keyof GetLocationResponses];

export type ChangeLocationData = {
    body: LocationChangeBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
        /**
         * ETag or "position" of what was read: 412 where it has been changed since
         */
        'If-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/locations/{id}';
};

export type ChangeLocationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotEmpty | LedgerHalted;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeLocationError = ChangeLocationErrors[keyof ChangeLocationErrors];

export type ChangeLocationResponses = {
    /**
     * recorded
     */
    200: Location;
};

export type ChangeLocationResponse = ChangeLocationResponses[keyof ChangeLocationResponses];

export type ListAccountsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        active?: 'true' | 'false';
        /**
         * how the id begins, or words of the name
         */
        q?: string;
        type?: 'asset' | 'liability' | 'equity' | 'income' | 'expense';
        may_go_negative?: 'true' | 'false';
        /**
         * -: downwards. Default: account_id
         */
        sort?: 'account_id' | '-account_id' | 'name' | '-name' | 'position' | '-position';
    };
    url: '/api/v1/accounts';
};

export type ListAccountsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListAccountsError = ListAccountsErrors[keyof ListAccountsErrors];

export type ListAccountsResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<Account>;
    };
};

export type ListAccountsResponse = ListAccountsResponses[keyof ListAccountsResponses];

export type RegisterAccountData = {
    body: AccountBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/accounts';
};

export type RegisterAccountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RegisterAccountError = RegisterAccountErrors[keyof RegisterAccountErrors];

export type RegisterAccountResponses = {
    /**
     * if recorded
     */
    200: Account;
    /**
     * recorded
     */
    201: Account;
};

export type RegisterAccountResponse = RegisterAccountResponses[keyof RegisterAccountResponses];

export type GetAccountData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/accounts/{id}';
};

export type GetAccountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownAccount | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetAccountError = GetAccountErrors[keyof GetAccountErrors];

export type GetAccountResponses = {
    /**
     * the answer
     */
    200: AccountBalance;
};

export type GetAccountResponse = GetAccountResponses[keyof GetAccountResponses];

export type ChangeAccountData = {
    body: AccountChangeBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
        /**
         * ETag or "position" of what was read: 412 where it has been changed since
         */
        'If-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/accounts/{id}';
};

export type ChangeAccountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotEmpty | InsufficientFunds | LedgerHalted;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: StandardAccount | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeAccountError = ChangeAccountErrors[keyof ChangeAccountErrors];

export type ChangeAccountResponses = {
    /**
     * recorded
     */
    200: Account;
};

export type ChangeAccountResponse = ChangeAccountResponses[keyof ChangeAccountResponses];

export type ListEntriesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
    };
    url: '/api/v1/accounts/{id}/entries';
};

export type ListEntriesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownAccount | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListEntriesError = ListEntriesErrors[keyof ListEntriesErrors];

export type ListEntriesResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<Entry>;
    };
};

export type ListEntriesResponse = ListEntriesResponses[keyof ListEntriesResponses];

export type GetTrialBalanceData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/trial-balance';
};

export type GetTrialBalanceErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetTrialBalanceError = GetTrialBalanceErrors[keyof GetTrialBalanceErrors];

export type GetTrialBalanceResponses = {
    /**
     * the answer
     */
    200: TrialBalance;
};

export type GetTrialBalanceResponse = GetTrialBalanceResponses[keyof GetTrialBalanceResponses];

export type ListPurchasesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price' | 'open_amount' | '-open_amount' | 'due_date' | '-due_date';
        status?: 'confirmed' | 'void';
        supplier_id?: Id;
        item_id?: Id;
        location_id?: Id;
        payment_status?: PaymentStatus;
        /**
         * at least
         */
        total_price_min?: string;
        /**
         * at most
         */
        total_price_max?: string;
        /**
         * at least
         */
        open_amount_min?: string;
        /**
         * at most
         */
        open_amount_max?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_from?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_to?: string;
    };
    url: '/api/v1/purchases';
};

export type ListPurchasesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListPurchasesError = ListPurchasesErrors[keyof ListPurchasesErrors];

export type ListPurchasesResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Purchase>;
    };
};

export type ListPurchasesResponse = ListPurchasesResponses[keyof ListPurchasesResponses];

export type RecordPurchaseData = {
    body: PurchaseBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/purchases';
};

export type RecordPurchaseErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownSupplier | UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveSupplier | InactiveLocation | InactiveItem | PeriodClosed | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordPurchaseError = RecordPurchaseErrors[keyof RecordPurchaseErrors];

export type RecordPurchaseResponses = {
    /**
     * if recorded
     */
    200: Purchase | Approval;
    /**
     * recorded
     */
    201: Purchase;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordPurchaseResponse = RecordPurchaseResponses[keyof RecordPurchaseResponses];

export type VoidPurchaseData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/purchases/{number}/void';
};

export type VoidPurchaseErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidPurchaseError = VoidPurchaseErrors[keyof VoidPurchaseErrors];

export type VoidPurchaseResponses = {
    /**
     * if recorded
     */
    200: Purchase;
    /**
     * recorded
     */
    201: Purchase;
};

export type VoidPurchaseResponse = VoidPurchaseResponses[keyof VoidPurchaseResponses];

export type GetPurchaseData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/purchases/{number}';
};

export type GetPurchaseErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetPurchaseError = GetPurchaseErrors[keyof GetPurchaseErrors];

export type GetPurchaseResponses = {
    /**
     * the answer
     */
    200: Purchase;
};

export type GetPurchaseResponse = GetPurchaseResponses[keyof GetPurchaseResponses];

export type RecordLateCostData = {
    body: LateCostBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/purchases/{number}/costs';
};

export type RecordLateCostErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownSupplier | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveSupplier | AlreadyVoid | PeriodClosed | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: NotCostable | EffectiveBeforeDocument | EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordLateCostError = RecordLateCostErrors[keyof RecordLateCostErrors];

export type RecordLateCostResponses = {
    /**
     * if recorded
     */
    200: LateCost | Approval;
    /**
     * recorded
     */
    201: LateCost;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordLateCostResponse = RecordLateCostResponses[keyof RecordLateCostResponses];

export type VoidLateCostData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/late-costs/{number}/void';
};

export type VoidLateCostErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidLateCostError = VoidLateCostErrors[keyof VoidLateCostErrors];

export type VoidLateCostResponses = {
    /**
     * if recorded
     */
    200: LateCost;
    /**
     * recorded
     */
    201: LateCost;
};

export type VoidLateCostResponse = VoidLateCostResponses[keyof VoidLateCostResponses];

export type ListLateCostsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount' | 'open_amount' | '-open_amount' | 'due_date' | '-due_date';
        status?: 'confirmed' | 'void';
        bill_number?: Id;
        supplier_id?: Id;
        item_id?: Id;
        location_id?: Id;
        payment_status?: PaymentStatus;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
        /**
         * at least
         */
        open_amount_min?: string;
        /**
         * at most
         */
        open_amount_max?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_from?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_to?: string;
    };
    url: '/api/v1/late-costs';
};

export type ListLateCostsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListLateCostsError = ListLateCostsErrors[keyof ListLateCostsErrors];

export type ListLateCostsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<LateCost>;
    };
};

export type ListLateCostsResponse = ListLateCostsResponses[keyof ListLateCostsResponses];

export type GetLateCostData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/late-costs/{number}';
};

export type GetLateCostErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetLateCostError = GetLateCostErrors[keyof GetLateCostErrors];

export type GetLateCostResponses = {
    /**
     * the answer
     */
    200: LateCost;
};

export type GetLateCostResponse = GetLateCostResponses[keyof GetLateCostResponses];

export type ListBlowsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';
        status?: 'confirmed' | 'void';
        item_id?: Id;
        location_id?: Id;
    };
    url: '/api/v1/blows';
};

export type ListBlowsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListBlowsError = ListBlowsErrors[keyof ListBlowsErrors];

export type ListBlowsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Blow>;
    };
};

export type ListBlowsResponse = ListBlowsResponses[keyof ListBlowsResponses];

export type RecordBlowData = {
    body: BlowBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/blows';
};

export type RecordBlowErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | InactiveItem | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordBlowError = RecordBlowErrors[keyof RecordBlowErrors];

export type RecordBlowResponses = {
    /**
     * if recorded
     */
    200: Blow | Approval;
    /**
     * recorded
     */
    201: Blow;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordBlowResponse = RecordBlowResponses[keyof RecordBlowResponses];

export type VoidBlowData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/blows/{number}/void';
};

export type VoidBlowErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidBlowError = VoidBlowErrors[keyof VoidBlowErrors];

export type VoidBlowResponses = {
    /**
     * if recorded
     */
    200: Blow;
    /**
     * recorded
     */
    201: Blow;
};

export type VoidBlowResponse = VoidBlowResponses[keyof VoidBlowResponses];

export type GetBlowData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/blows/{number}';
};

export type GetBlowErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetBlowError = GetBlowErrors[keyof GetBlowErrors];

export type GetBlowResponses = {
    /**
     * the answer
     */
    200: Blow;
};

export type GetBlowResponse = GetBlowResponses[keyof GetBlowResponses];

export type ListSalesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price' | 'open_amount' | '-open_amount' | 'due_date' | '-due_date';
        status?: 'confirmed' | 'void';
        customer_id?: Id;
        item_id?: Id;
        location_id?: Id;
        payment_status?: PaymentStatus;
        /**
         * at least
         */
        total_price_min?: string;
        /**
         * at most
         */
        total_price_max?: string;
        /**
         * at least
         */
        open_amount_min?: string;
        /**
         * at most
         */
        open_amount_max?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_from?: string;
        /**
         * of bills without one it is their own day
         */
        due_date_to?: string;
        reservation_id?: Id;
        order_id?: Id;
    };
    url: '/api/v1/sales';
};

export type ListSalesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListSalesError = ListSalesErrors[keyof ListSalesErrors];

export type ListSalesResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Sale>;
    };
};

export type ListSalesResponse = ListSalesResponses[keyof ListSalesResponses];

export type RecordSaleData = {
    body: SaleBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/sales';
};

export type RecordSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownCustomer | UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveCustomer | InactiveLocation | InactiveItem | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordSaleError = RecordSaleErrors[keyof RecordSaleErrors];

export type RecordSaleResponses = {
    /**
     * if recorded
     */
    200: Sale | Approval;
    /**
     * recorded
     */
    201: Sale;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordSaleResponse = RecordSaleResponses[keyof RecordSaleResponses];

export type VoidSaleData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/sales/{number}/void';
};

export type VoidSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidSaleError = VoidSaleErrors[keyof VoidSaleErrors];

export type VoidSaleResponses = {
    /**
     * if recorded
     */
    200: Sale;
    /**
     * recorded
     */
    201: Sale;
};

export type VoidSaleResponse = VoidSaleResponses[keyof VoidSaleResponses];

export type GetSaleData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/sales/{number}';
};

export type GetSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetSaleError = GetSaleErrors[keyof GetSaleErrors];

export type GetSaleResponses = {
    /**
     * the answer
     */
    200: Sale;
};

export type GetSaleResponse = GetSaleResponses[keyof GetSaleResponses];

export type ListWastesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_cost' | '-total_cost';
        status?: 'confirmed' | 'void';
        item_id?: Id;
        location_id?: Id;
        /**
         * at least
         */
        total_cost_min?: string;
        /**
         * at most
         */
        total_cost_max?: string;
    };
    url: '/api/v1/wastes';
};

export type ListWastesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListWastesError = ListWastesErrors[keyof ListWastesErrors];

export type ListWastesResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Waste>;
    };
};

export type ListWastesResponse = ListWastesResponses[keyof ListWastesResponses];

export type RecordWasteData = {
    body: WasteBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/wastes';
};

export type RecordWasteErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordWasteError = RecordWasteErrors[keyof RecordWasteErrors];

export type RecordWasteResponses = {
    /**
     * if recorded
     */
    200: Waste | Approval;
    /**
     * recorded
     */
    201: Waste;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordWasteResponse = RecordWasteResponses[keyof RecordWasteResponses];

export type VoidWasteData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/wastes/{number}/void';
};

export type VoidWasteErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidWasteError = VoidWasteErrors[keyof VoidWasteErrors];

export type VoidWasteResponses = {
    /**
     * if recorded
     */
    200: Waste;
    /**
     * recorded
     */
    201: Waste;
};

export type VoidWasteResponse = VoidWasteResponses[keyof VoidWasteResponses];

export type GetWasteData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/wastes/{number}';
};

export type GetWasteErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetWasteError = GetWasteErrors[keyof GetWasteErrors];

export type GetWasteResponses = {
    /**
     * the answer
     */
    200: Waste;
};

export type GetWasteResponse = GetWasteResponses[keyof GetWasteResponses];

export type ListStockTransfersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';
        status?: 'confirmed' | 'void';
        item_id?: Id;
        location_id?: Id;
    };
    url: '/api/v1/stock-transfers';
};

export type ListStockTransfersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListStockTransfersError = ListStockTransfersErrors[keyof ListStockTransfersErrors];

export type ListStockTransfersResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<StockTransfer>;
    };
};

export type ListStockTransfersResponse = ListStockTransfersResponses[keyof ListStockTransfersResponses];

export type RecordStockTransferData = {
    body: StockTransferBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/stock-transfers';
};

export type RecordStockTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | SameLocation | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordStockTransferError = RecordStockTransferErrors[keyof RecordStockTransferErrors];

export type RecordStockTransferResponses = {
    /**
     * if recorded
     */
    200: StockTransfer | Approval;
    /**
     * recorded
     */
    201: StockTransfer;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordStockTransferResponse = RecordStockTransferResponses[keyof RecordStockTransferResponses];

export type VoidStockTransferData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/stock-transfers/{number}/void';
};

export type VoidStockTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidStockTransferError = VoidStockTransferErrors[keyof VoidStockTransferErrors];

export type VoidStockTransferResponses = {
    /**
     * if recorded
     */
    200: StockTransfer;
    /**
     * recorded
     */
    201: StockTransfer;
};

export type VoidStockTransferResponse = VoidStockTransferResponses[keyof VoidStockTransferResponses];

export type GetStockTransferData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/stock-transfers/{number}';
};

export type GetStockTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStockTransferError = GetStockTransferErrors[keyof GetStockTransferErrors];

export type GetStockTransferResponses = {
    /**
     * the answer
     */
    200: StockTransfer;
};

export type GetStockTransferResponse = GetStockTransferResponses[keyof GetStockTransferResponses];

export type ListTransfersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';
        status?: 'confirmed' | 'void';
        account_id?: Id;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
    };
    url: '/api/v1/transfers';
};

export type ListTransfersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListTransfersError = ListTransfersErrors[keyof ListTransfersErrors];

export type ListTransfersResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Transfer>;
    };
};

export type ListTransfersResponse = ListTransfersResponses[keyof ListTransfersResponses];

export type RecordTransferData = {
    body: TransferBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/transfers';
};

export type RecordTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveAccount | PeriodClosed | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | EffectiveInFuture | AmountOutOfBounds | SameAccount | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordTransferError = RecordTransferErrors[keyof RecordTransferErrors];

export type RecordTransferResponses = {
    /**
     * if recorded
     */
    200: Transfer | Approval;
    /**
     * recorded
     */
    201: Transfer;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordTransferResponse = RecordTransferResponses[keyof RecordTransferResponses];

export type VoidTransferData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/transfers/{number}/void';
};

export type VoidTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidTransferError = VoidTransferErrors[keyof VoidTransferErrors];

export type VoidTransferResponses = {
    /**
     * if recorded
     */
    200: Transfer;
    /**
     * recorded
     */
    201: Transfer;
};

export type VoidTransferResponse = VoidTransferResponses[keyof VoidTransferResponses];

export type GetTransferData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/transfers/{number}';
};

export type GetTransferErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetTransferError = GetTransferErrors[keyof GetTransferErrors];

export type GetTransferResponses = {
    /**
     * the answer
     */
    200: Transfer;
};

export type GetTransferResponse = GetTransferResponses[keyof GetTransferResponses];

export type ListJournalEntriesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';
        status?: 'confirmed' | 'void';
        account_id?: Id;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
    };
    url: '/api/v1/journal-entries';
};

export type ListJournalEntriesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListJournalEntriesError = ListJournalEntriesErrors[keyof ListJournalEntriesErrors];

export type ListJournalEntriesResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<JournalEntry>;
    };
};

export type ListJournalEntriesResponse = ListJournalEntriesResponses[keyof ListJournalEntriesResponses];

export type RecordJournalEntryData = {
    body: JournalEntryBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/journal-entries';
};

export type RecordJournalEntryErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveAccount | PeriodClosed | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordJournalEntryError = RecordJournalEntryErrors[keyof RecordJournalEntryErrors];

export type RecordJournalEntryResponses = {
    /**
     * if recorded
     */
    200: JournalEntry | Approval;
    /**
     * recorded
     */
    201: JournalEntry;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordJournalEntryResponse = RecordJournalEntryResponses[keyof RecordJournalEntryResponses];

export type VoidJournalEntryData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/journal-entries/{number}/void';
};

export type VoidJournalEntryErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidJournalEntryError = VoidJournalEntryErrors[keyof VoidJournalEntryErrors];

export type VoidJournalEntryResponses = {
    /**
     * if recorded
     */
    200: JournalEntry;
    /**
     * recorded
     */
    201: JournalEntry;
};

export type VoidJournalEntryResponse = VoidJournalEntryResponses[keyof VoidJournalEntryResponses];

export type GetJournalEntryData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/journal-entries/{number}';
};

export type GetJournalEntryErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetJournalEntryError = GetJournalEntryErrors[keyof GetJournalEntryErrors];

export type GetJournalEntryResponses = {
    /**
     * the answer
     */
    200: JournalEntry;
};

export type GetJournalEntryResponse = GetJournalEntryResponses[keyof GetJournalEntryResponses];

export type ListPaymentsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';
        status?: 'confirmed' | 'void';
        bill_number?: Id;
        order_id?: Id;
        party_id?: Id;
        account_id?: Id;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
    };
    url: '/api/v1/payments';
};

export type ListPaymentsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListPaymentsError = ListPaymentsErrors[keyof ListPaymentsErrors];

export type ListPaymentsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Payment>;
    };
};

export type ListPaymentsResponse = ListPaymentsResponses[keyof ListPaymentsResponses];

export type RecordPaymentData = {
    body: PaymentBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/payments';
};

export type RecordPaymentErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotPayable | InactiveAccount | PeriodClosed | AlreadyVoid | AlreadyPaid | Overpayment | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | NotAMoneyAccount | EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordPaymentError = RecordPaymentErrors[keyof RecordPaymentErrors];

export type RecordPaymentResponses = {
    /**
     * if recorded
     */
    200: Payment | Approval;
    /**
     * recorded
     */
    201: Payment;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordPaymentResponse = RecordPaymentResponses[keyof RecordPaymentResponses];

export type VoidPaymentData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/payments/{number}/void';
};

export type VoidPaymentErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidPaymentError = VoidPaymentErrors[keyof VoidPaymentErrors];

export type VoidPaymentResponses = {
    /**
     * if recorded
     */
    200: Payment;
    /**
     * recorded
     */
    201: Payment;
};

export type VoidPaymentResponse = VoidPaymentResponses[keyof VoidPaymentResponses];

export type GetPaymentData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/payments/{number}';
};

export type GetPaymentErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetPaymentError = GetPaymentErrors[keyof GetPaymentErrors];

export type GetPaymentResponses = {
    /**
     * the answer
     */
    200: Payment;
};

export type GetPaymentResponse = GetPaymentResponses[keyof GetPaymentResponses];

export type ListWriteOffsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';
        status?: 'confirmed' | 'void';
        bill_number?: Id;
        party_id?: Id;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
    };
    url: '/api/v1/write-offs';
};

export type ListWriteOffsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListWriteOffsError = ListWriteOffsErrors[keyof ListWriteOffsErrors];

export type ListWriteOffsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<WriteOff>;
    };
};

export type ListWriteOffsResponse = ListWriteOffsResponses[keyof ListWriteOffsResponses];

export type RecordWriteOffData = {
    body: WriteOffBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/write-offs';
};

export type RecordWriteOffErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotPayable | PeriodClosed | AlreadyVoid | AlreadyPaid | Overpayment | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordWriteOffError = RecordWriteOffErrors[keyof RecordWriteOffErrors];

export type RecordWriteOffResponses = {
    /**
     * if recorded
     */
    200: WriteOff | Approval;
    /**
     * recorded
     */
    201: WriteOff;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordWriteOffResponse = RecordWriteOffResponses[keyof RecordWriteOffResponses];

export type VoidWriteOffData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/write-offs/{number}/void';
};

export type VoidWriteOffErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidWriteOffError = VoidWriteOffErrors[keyof VoidWriteOffErrors];

export type VoidWriteOffResponses = {
    /**
     * if recorded
     */
    200: WriteOff;
    /**
     * recorded
     */
    201: WriteOff;
};

export type VoidWriteOffResponse = VoidWriteOffResponses[keyof VoidWriteOffResponses];

export type GetWriteOffData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/write-offs/{number}';
};

export type GetWriteOffErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetWriteOffError = GetWriteOffErrors[keyof GetWriteOffErrors];

export type GetWriteOffResponses = {
    /**
     * the answer
     */
    200: WriteOff;
};

export type GetWriteOffResponse = GetWriteOffResponses[keyof GetWriteOffResponses];

export type ListStockCountsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';
        status?: 'confirmed' | 'void';
        item_id?: Id;
        location_id?: Id;
    };
    url: '/api/v1/stock-counts';
};

export type ListStockCountsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListStockCountsError = ListStockCountsErrors[keyof ListStockCountsErrors];

export type ListStockCountsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<StockCount>;
    };
};

export type ListStockCountsResponse = ListStockCountsResponses[keyof ListStockCountsResponses];

export type RecordStockCountData = {
    body: StockCountBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/stock-counts';
};

export type RecordStockCountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordStockCountError = RecordStockCountErrors[keyof RecordStockCountErrors];

export type RecordStockCountResponses = {
    /**
     * if recorded
     */
    200: StockCount | Approval;
    /**
     * recorded
     */
    201: StockCount;
    /**
     * awaits approval
     */
    202: Approval;
};

export type RecordStockCountResponse = RecordStockCountResponses[keyof RecordStockCountResponses];

export type VoidStockCountData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/stock-counts/{number}/void';
};

export type VoidStockCountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidStockCountError = VoidStockCountErrors[keyof VoidStockCountErrors];

export type VoidStockCountResponses = {
    /**
     * if recorded
     */
    200: StockCount;
    /**
     * recorded
     */
    201: StockCount;
};

export type VoidStockCountResponse = VoidStockCountResponses[keyof VoidStockCountResponses];

export type GetStockCountData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/stock-counts/{number}';
};

export type GetStockCountErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStockCountError = GetStockCountErrors[keyof GetStockCountErrors];

export type GetStockCountResponses = {
    /**
     * the answer
     */
    200: StockCount;
};

export type GetStockCountResponse = GetStockCountResponses[keyof GetStockCountResponses];

export type ReturnSaleData = {
    body: ReturnBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/sales/{number}/returns';
};

export type ReturnSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | NotReturnable | AlreadyVoid | ReturnExceedsBill | HasWriteOffs | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveBeforeDocument | EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReturnSaleError = ReturnSaleErrors[keyof ReturnSaleErrors];

export type ReturnSaleResponses = {
    /**
     * if recorded
     */
    200: Return | Approval;
    /**
     * recorded
     */
    201: Return;
    /**
     * awaits approval
     */
    202: Approval;
};

export type ReturnSaleResponse = ReturnSaleResponses[keyof ReturnSaleResponses];

export type ReturnPurchaseData = {
    body: ReturnBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/purchases/{number}/returns';
};

export type ReturnPurchaseErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveLocation | NotReturnable | AlreadyVoid | ReturnExceedsBill | HasWriteOffs | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveBeforeDocument | EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReturnPurchaseError = ReturnPurchaseErrors[keyof ReturnPurchaseErrors];

export type ReturnPurchaseResponses = {
    /**
     * if recorded
     */
    200: Return | Approval;
    /**
     * recorded
     */
    201: Return;
    /**
     * awaits approval
     */
    202: Approval;
};

export type ReturnPurchaseResponse = ReturnPurchaseResponses[keyof ReturnPurchaseResponses];

export type VoidReturnData = {
    body: VoidBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/returns/{number}/void';
};

export type VoidReturnErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NotVoidable | InactiveLocation | InactiveAccount | PeriodClosed | AlreadyVoid | HasPayments | HasReturns | HasLateCosts | HasWriteOffs | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | EffectiveBeforeDocument | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type VoidReturnError = VoidReturnErrors[keyof VoidReturnErrors];

export type VoidReturnResponses = {
    /**
     * if recorded
     */
    200: Return;
    /**
     * recorded
     */
    201: Return;
};

export type VoidReturnResponse = VoidReturnResponses[keyof VoidReturnResponses];

export type ListReturnsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price';
        status?: 'confirmed' | 'void';
        bill_number?: Id;
        party_id?: Id;
        item_id?: Id;
        location_id?: Id;
        /**
         * at least
         */
        total_price_min?: string;
        /**
         * at most
         */
        total_price_max?: string;
    };
    url: '/api/v1/returns';
};

export type ListReturnsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListReturnsError = ListReturnsErrors[keyof ListReturnsErrors];

export type ListReturnsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Return>;
    };
};

export type ListReturnsResponse = ListReturnsResponses[keyof ListReturnsResponses];

export type GetReturnData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/returns/{number}';
};

export type GetReturnErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetReturnError = GetReturnErrors[keyof GetReturnErrors];

export type GetReturnResponses = {
    /**
     * the answer
     */
    200: Return;
};

export type GetReturnResponse = GetReturnResponses[keyof GetReturnResponses];

export type ApproveData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/approvals/{id}/approve';
};

export type ApproveErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | NotAnApprover | SelfApproval;
    /**
     * What the request names is not there.
     */
    404: UnknownApproval | UnknownItem | UnknownCustomer | UnknownSupplier | UnknownLocation | UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ApprovalDecided | InactiveItem | InactiveCustomer | InactiveSupplier | InactiveLocation | InactiveAccount | PeriodClosed | InsufficientStock | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | InsufficientFunds | AlreadyVoid | AlreadyPaid | Overpayment | ReturnExceedsBill | HasPayments | HasReturns | HasWriteOffs | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: EffectiveInFuture | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ApproveError = ApproveErrors[keyof ApproveErrors];

export type ApproveResponses = {
    /**
     * if recorded
     */
    200: ApprovedDocument;
    /**
     * recorded
     */
    201: ApprovedDocument;
};

export type ApproveResponse = ApproveResponses[keyof ApproveResponses];

export type RejectData = {
    body: ReasonBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/approvals/{id}/reject';
};

export type RejectErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | NotAnApprover | SelfApproval;
    /**
     * What the request names is not there.
     */
    404: UnknownApproval | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ApprovalDecided | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RejectError = RejectErrors[keyof RejectErrors];

export type RejectResponses = {
    /**
     * if recorded
     */
    200: Approval;
    /**
     * recorded
     */
    201: Approval;
};

export type RejectResponse = RejectResponses[keyof RejectResponses];

export type WithdrawData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/approvals/{id}/withdraw';
};

export type WithdrawErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | NotTheRequester;
    /**
     * What the request names is not there.
     */
    404: UnknownApproval | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ApprovalDecided | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type WithdrawError = WithdrawErrors[keyof WithdrawErrors];

export type WithdrawResponses = {
    /**
     * if recorded
     */
    200: Approval;
    /**
     * recorded
     */
    201: Approval;
};

export type WithdrawResponse = WithdrawResponses[keyof WithdrawResponses];

export type ListApprovalsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'amount' | '-amount';
        status?: 'pending' | 'approved' | 'rejected' | 'withdrawn' | 'expired';
        /**
         * -: of none
         */
        party_id?: string;
        /**
         * at least
         */
        amount_min?: string;
        /**
         * at most
         */
        amount_max?: string;
    };
    url: '/api/v1/approvals';
};

export type ListApprovalsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListApprovalsError = ListApprovalsErrors[keyof ListApprovalsErrors];

export type ListApprovalsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Approval>;
    };
};

export type ListApprovalsResponse = ListApprovalsResponses[keyof ListApprovalsResponses];

export type GetApprovalData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/approvals/{id}';
};

export type GetApprovalErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownApproval | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetApprovalError = GetApprovalErrors[keyof GetApprovalErrors];

export type GetApprovalResponses = {
    /**
     * the answer
     */
    200: Approval;
};

export type GetApprovalResponse = GetApprovalResponses[keyof GetApprovalResponses];

export type ListApprovalThresholdsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/approval-thresholds';
};

export type ListApprovalThresholdsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListApprovalThresholdsError = ListApprovalThresholdsErrors[keyof ListApprovalThresholdsErrors];

export type ListApprovalThresholdsResponses = {
    /**
     * the answer
     */
    200: Thresholds;
};

export type ListApprovalThresholdsResponse = ListApprovalThresholdsResponses[keyof ListApprovalThresholdsResponses];

export type ChangeApprovalThresholdData = {
    body: ThresholdBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/approval-thresholds';
};

export type ChangeApprovalThresholdErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeApprovalThresholdError = ChangeApprovalThresholdErrors[keyof ChangeApprovalThresholdErrors];

export type ChangeApprovalThresholdResponses = {
    /**
     * if recorded
     */
    200: ChangedThreshold;
    /**
     * recorded
     */
    201: ChangedThreshold;
};

export type ChangeApprovalThresholdResponse = ChangeApprovalThresholdResponses[keyof ChangeApprovalThresholdResponses];

export type ListReservationsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';
        status?: 'active' | 'confirmed' | 'released' | 'expired';
        /**
         * -: of none
         */
        customer_id?: string;
        item_id?: Id;
        location_id?: Id;
    };
    url: '/api/v1/reservations';
};

export type ListReservationsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListReservationsError = ListReservationsErrors[keyof ListReservationsErrors];

export type ListReservationsResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Reservation>;
    };
};

export type ListReservationsResponse = ListReservationsResponses[keyof ListReservationsResponses];

export type ReserveStockData = {
    body: ReservationBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/reservations';
};

export type ReserveStockErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownCustomer | UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveCustomer | InactiveLocation | InactiveItem | InsufficientStock | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReserveStockError = ReserveStockErrors[keyof ReserveStockErrors];

export type ReserveStockResponses = {
    /**
     * if recorded
     */
    200: Reservation;
    /**
     * recorded
     */
    201: Reservation;
};

export type ReserveStockResponse = ReserveStockResponses[keyof ReserveStockResponses];

export type CheckOutReservationData = {
    body: CheckOutBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/reservations/{id}/checkout';
};

export type CheckOutReservationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownReservation | UnknownCustomer | UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ReservationExpired | ReservationEnded | ExceedsReservation | InactiveCustomer | InactiveLocation | InactiveItem | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CheckOutReservationError = CheckOutReservationErrors[keyof CheckOutReservationErrors];

export type CheckOutReservationResponses = {
    /**
     * if recorded
     */
    200: Sale | Approval;
    /**
     * recorded
     */
    201: Sale;
    /**
     * awaits approval
     */
    202: Approval;
};

export type CheckOutReservationResponse = CheckOutReservationResponses[keyof CheckOutReservationResponses];

export type ReleaseReservationData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/reservations/{id}';
};

export type ReleaseReservationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownReservation | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: ReservationExpired | ReservationEnded | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReleaseReservationError = ReleaseReservationErrors[keyof ReleaseReservationErrors];

export type ReleaseReservationResponses = {
    /**
     * recorded
     */
    200: Reservation;
};

export type ReleaseReservationResponse = ReleaseReservationResponses[keyof ReleaseReservationResponses];

export type GetReservationData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/reservations/{id}';
};

export type GetReservationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownReservation | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetReservationError = GetReservationErrors[keyof GetReservationErrors];

export type GetReservationResponses = {
    /**
     * the answer
     */
    200: Reservation;
};

export type GetReservationResponse = GetReservationResponses[keyof GetReservationResponses];

export type ListFlashSalesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number';
        status?: 'open' | 'closed';
        item_id?: Id;
        location_id?: Id;
        account_id?: Id;
    };
    url: '/api/v1/flash-sales';
};

export type ListFlashSalesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListFlashSalesError = ListFlashSalesErrors[keyof ListFlashSalesErrors];

export type ListFlashSalesResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<FlashSale>;
    };
};

export type ListFlashSalesResponse = ListFlashSalesResponses[keyof ListFlashSalesResponses];

export type OpenFlashSaleData = {
    body: FlashSaleBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/flash-sales';
};

export type OpenFlashSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLocation | UnknownAccount | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: InactiveItem | InactiveLocation | InactiveAccount | InsufficientStock | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | NotAMoneyAccount | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type OpenFlashSaleError = OpenFlashSaleErrors[keyof OpenFlashSaleErrors];

export type OpenFlashSaleResponses = {
    /**
     * if recorded
     */
    200: FlashSale;
    /**
     * recorded
     */
    201: FlashSale;
};

export type OpenFlashSaleResponse = OpenFlashSaleResponses[keyof OpenFlashSaleResponses];

export type CloseFlashSaleData = {
    body: CloseFlashSaleBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/flash-sales/{id}/close';
};

export type CloseFlashSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: FlashSaleClosed | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CloseFlashSaleError = CloseFlashSaleErrors[keyof CloseFlashSaleErrors];

export type CloseFlashSaleResponses = {
    /**
     * if recorded
     */
    200: FlashSale;
    /**
     * recorded
     */
    201: FlashSale;
};

export type CloseFlashSaleResponse = CloseFlashSaleResponses[keyof CloseFlashSaleResponses];

export type GetQueueData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/flash-sales/{id}/queue';
};

export type GetQueueErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NoQueue | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetQueueError = GetQueueErrors[keyof GetQueueErrors];

export type GetQueueResponses = {
    /**
     * the answer
     */
    200: WaitingQueue;
};

export type GetQueueResponse = GetQueueResponses[keyof GetQueueResponses];

export type ChangeQueueData = {
    body: ChangeQueueBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/flash-sales/{id}/queue';
};

export type ChangeQueueErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: FlashSaleClosed | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeQueueError = ChangeQueueErrors[keyof ChangeQueueErrors];

export type ChangeQueueResponses = {
    /**
     * recorded
     */
    200: FlashSale;
};

export type ChangeQueueResponse = ChangeQueueResponses[keyof ChangeQueueResponses];

export type LiftQueueData = {
    body: LiftQueueBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/flash-sales/{id}/queue/lift';
};

export type LiftQueueErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: FlashSaleClosed | NoQueue | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type LiftQueueError = LiftQueueErrors[keyof LiftQueueErrors];

export type LiftQueueResponses = {
    /**
     * if recorded
     */
    200: FlashSale;
    /**
     * recorded
     */
    201: FlashSale;
};

export type LiftQueueResponse = LiftQueueResponses[keyof LiftQueueResponses];

export type GetFlashSaleData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/flash-sales/{id}';
};

export type GetFlashSaleErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetFlashSaleError = GetFlashSaleErrors[keyof GetFlashSaleErrors];

export type GetFlashSaleResponses = {
    /**
     * the answer
     */
    200: FlashSale;
};

export type GetFlashSaleResponse = GetFlashSaleResponses[keyof GetFlashSaleResponses];

export type FlashBuyData = {
    body: FlashBuyBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/flash-buy';
};

export type FlashBuyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | PassInvalid | PassOfAnother;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownCustomer | UnknownLocation | UnknownItem | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: FlashSaleClosed | SoldOut | InactiveCustomer | InactiveLocation | InactiveItem | FlashSaleNotBegun | PassRequired | PassUsed | PassExpired | ExceedsCustomerLimit | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: NotTogether | AmountOutOfBounds | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type FlashBuyError = FlashBuyErrors[keyof FlashBuyErrors];

export type FlashBuyResponses = {
    /**
     * if recorded
     */
    200: Order;
    /**
     * recorded
     */
    202: Order;
};

export type FlashBuyResponse = FlashBuyResponses[keyof FlashBuyResponses];

export type CancelOrderData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/orders/{id}/cancel';
};

export type CancelOrderErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownOrder | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: OrderEnded | ChargeUnderWay | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CancelOrderError = CancelOrderErrors[keyof CancelOrderErrors];

export type CancelOrderResponses = {
    /**
     * if recorded
     */
    200: Order;
    /**
     * recorded
     */
    201: Order;
};

export type CancelOrderResponse = CancelOrderResponses[keyof CancelOrderResponses];

export type ListOrdersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        created_by?: string;
        /**
         * how the number begins, with or without the letters of its kind
         */
        q?: string;
        /**
         * true: with the totals of all pages, of the present
         */
        totals?: 'true' | 'false';
        /**
         * -: downwards. Default: -recorded_at; with q: -number
         */
        sort?: 'recorded_at' | '-recorded_at' | 'effective_at' | '-effective_at' | 'number' | '-number' | 'total_price' | '-total_price';
        status?: 'pending' | 'paying' | 'confirmed' | 'released' | 'refund_due' | 'refunded';
        customer_id?: Id;
        flash_sale_id?: Id;
        item_id?: Id;
        location_id?: Id;
        account_id?: Id;
        /**
         * at least
         */
        total_price_min?: string;
        /**
         * at most
         */
        total_price_max?: string;
    };
    url: '/api/v1/orders';
};

export type ListOrdersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListOrdersError = ListOrdersErrors[keyof ListOrdersErrors];

export type ListOrdersResponses = {
    /**
     * the answer
     */
    200: DocumentPage & {
        data: Array<Order>;
    };
};

export type ListOrdersResponse = ListOrdersResponses[keyof ListOrdersResponses];

export type GetOrderData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/orders/{id}';
};

export type GetOrderErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownOrder | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetOrderError = GetOrderErrors[keyof GetOrderErrors];

export type GetOrderResponses = {
    /**
     * the answer
     */
    200: Order;
};

export type GetOrderResponse = GetOrderResponses[keyof GetOrderResponses];

export type JoinQueueData = {
    body: TicketBody;
    headers?: {
        /**
         * of the answer to a command: flash sale and customer are known as of then
         */
        'Ledger-Position'?: number;
        Ledger?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/flash-sales/{id}/queue/tickets';
};

export type JoinQueueErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownCustomer | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NoQueue | FlashSaleClosed | InactiveCustomer | ProjectionHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: Validation;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type JoinQueueError = JoinQueueErrors[keyof JoinQueueErrors];

export type JoinQueueResponses = {
    /**
     * the one that there was
     */
    200: QueueTicket;
    /**
     * a new ticket
     */
    201: QueueTicket;
};

export type JoinQueueResponse = JoinQueueResponses[keyof JoinQueueResponses];

export type GetQueueTicketData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
        customer_id: string;
    };
    query?: never;
    url: '/api/v1/flash-sales/{id}/queue/tickets/{customer_id}';
};

export type GetQueueTicketErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownRecord | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NoQueue | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetQueueTicketError = GetQueueTicketErrors[keyof GetQueueTicketErrors];

export type GetQueueTicketResponses = {
    /**
     * the answer
     */
    200: QueueTicket;
};

export type GetQueueTicketResponse = GetQueueTicketResponses[keyof GetQueueTicketResponses];

export type GetDrawData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
    };
    url: '/api/v1/flash-sales/{id}/queue/draw';
};

export type GetDrawErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownFlashSale | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: NoQueue | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetDrawError = GetDrawErrors[keyof GetDrawErrors];

export type GetDrawResponses = {
    /**
     * the answer
     */
    200: DrawPage;
};

export type GetDrawResponse = GetDrawResponses[keyof GetDrawResponses];

export type StreamQueueData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * the last id that was received; browsers send it by themselves
         */
        'Last-Event-ID'?: number;
    };
    path?: never;
    query: {
        flash_sale_id: string;
    };
    url: '/api/v1/stream/queue';
};

export type StreamQueueErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: TooManyStreams | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type StreamQueueError = StreamQueueErrors[keyof StreamQueueErrors];

export type StreamQueueResponses = {
    /**
     * a stream that does not end by itself; of each event the data
     */
    200: QueueMessage | StreamEnd;
};

export type StreamQueueResponse = StreamQueueResponses[keyof StreamQueueResponses];

export type ClosePeriodData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        month: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/periods/{month}/close';
};

export type ClosePeriodErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: PeriodClosed | PeriodNotOver | LedgerHalted;
    /**
     * More than one request can hold.
     */
    413: BatchTooLarge | PayloadTooLarge;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ClosePeriodError = ClosePeriodErrors[keyof ClosePeriodErrors];

export type ClosePeriodResponses = {
    /**
     * if recorded
     */
    200: ClosedPeriod;
    /**
     * recorded
     */
    201: ClosedPeriod;
};

export type ClosePeriodResponse = ClosePeriodResponses[keyof ClosePeriodResponses];

export type ReopenPeriodData = {
    body: ReasonBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        month: string;
    };
    query?: {
        dry_run?: boolean;
    };
    url: '/api/v1/periods/{month}/reopen';
};

export type ReopenPeriodErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: PeriodNotClosed | LedgerHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReopenPeriodError = ReopenPeriodErrors[keyof ReopenPeriodErrors];

export type ReopenPeriodResponses = {
    /**
     * if recorded
     */
    200: ReopenedPeriod;
    /**
     * recorded
     */
    201: ReopenedPeriod;
};

export type ReopenPeriodResponse = ReopenPeriodResponses[keyof ReopenPeriodResponses];

export type ListPeriodsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/periods';
};

export type ListPeriodsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListPeriodsError = ListPeriodsErrors[keyof ListPeriodsErrors];

export type ListPeriodsResponses = {
    /**
     * the answer
     */
    200: Periods;
};

export type ListPeriodsResponse = ListPeriodsResponses[keyof ListPeriodsResponses];

export type ListStockData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        item_id?: Id;
        location_id?: Id;
        /**
         * at least
         */
        on_hand_min?: number;
        /**
         * at most
         */
        on_hand_max?: number;
        /**
         * at least
         */
        reserved_min?: number;
        /**
         * at most
         */
        reserved_max?: number;
        /**
         * at least
         */
        available_min?: number;
        /**
         * at most
         */
        available_max?: number;
        /**
         * at least
         */
        value_min?: string;
        /**
         * at most
         */
        value_max?: string;
        /**
         * -: downwards. Default: item_id
         */
        sort?: 'item_id' | '-item_id' | 'location_id' | '-location_id' | 'on_hand' | '-on_hand' | 'value' | '-value';
    };
    url: '/api/v1/stock';
};

export type ListStockErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ListTooBroad | OnlyAtPresent;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListStockError = ListStockErrors[keyof ListStockErrors];

export type ListStockResponses = {
    /**
     * the answer
     */
    200: PageBetween & {
        data: Array<StockAtPlace>;
    };
};

export type ListStockResponse = ListStockResponses[keyof ListStockResponses];

export type GetStockData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/stock/{id}';
};

export type GetStockErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStockError = GetStockErrors[keyof GetStockErrors];

export type GetStockResponses = {
    /**
     * the answer
     */
    200: ItemStock;
};

export type GetStockResponse = GetStockResponses[keyof GetStockResponses];

export type ListMovementsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        location_id?: Id;
    };
    url: '/api/v1/stock/{id}/movements';
};

export type ListMovementsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListMovementsError = ListMovementsErrors[keyof ListMovementsErrors];

export type ListMovementsResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<Movement>;
    };
};

export type ListMovementsResponse = ListMovementsResponses[keyof ListMovementsResponses];

export type ExplainStockData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        location_id?: Id;
    };
    url: '/api/v1/stock/{id}/explain';
};

export type ExplainStockErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ExplainStockError = ExplainStockErrors[keyof ExplainStockErrors];

export type ExplainStockResponses = {
    /**
     * the answer
     */
    200: Explanation;
};

export type ExplainStockResponse = ExplainStockResponses[keyof ExplainStockResponses];

export type ListAdjustmentsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        item_id?: Id;
        location_id?: Id;
        /**
         * number of the document whose cost was changed
         */
        number?: string;
        /**
         * number of the document that changed it
         */
        cause?: string;
    };
    url: '/api/v1/adjustments';
};

export type ListAdjustmentsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListAdjustmentsError = ListAdjustmentsErrors[keyof ListAdjustmentsErrors];

export type ListAdjustmentsResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<CostAdjustment>;
    };
};

export type ListAdjustmentsResponse = ListAdjustmentsResponses[keyof ListAdjustmentsResponses];

export type StreamStockData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * the last id that was received; browsers send it by themselves
         */
        'Last-Event-ID'?: number;
    };
    path?: never;
    query?: {
        item_id?: Id;
        location_id?: Id;
        /**
         * go on behind this position; Last-Event-ID goes before it
         */
        position?: number;
    };
    url: '/api/v1/stream/stock';
};

export type StreamStockErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: TooManyStreams | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type StreamStockError = StreamStockErrors[keyof StreamStockErrors];

export type StreamStockResponses = {
    /**
     * a stream that does not end by itself; of each event the data
     */
    200: {
        position: Position;
        /**
         * true in the last part of a state; absent in a change
         */
        complete?: boolean;
        data: Array<StockAtPlace>;
    } | StreamEnd;
};

export type StreamStockResponse = StreamStockResponses[keyof StreamStockResponses];

export type StreamEventsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * the last id that was received; browsers send it by themselves
         */
        'Last-Event-ID'?: number;
    };
    path?: never;
    query?: {
        /**
         * type of the events, such as SaleRecorded
         */
        type?: string;
        /**
         * go on behind this position; Last-Event-ID goes before it
         */
        position?: number;
    };
    url: '/api/v1/stream/events';
};

export type StreamEventsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: TooManyStreams | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type StreamEventsError = StreamEventsErrors[keyof StreamEventsErrors];

export type StreamEventsResponses = {
    /**
     * a stream that does not end by itself; of each event the data
     */
    200: {
        position: Position;
        /**
         * absent in a state, as all but the position
         */
        type?: string;
        actor?: string;
        recorded_at?: string;
        effective_at?: string;
        data?: {
            [key: string]: unknown;
        };
        metadata?: {
            [key: string]: unknown;
        };
    } | StreamEnd;
};

export type StreamEventsResponse = StreamEventsResponses[keyof StreamEventsResponses];

export type StreamOrdersData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * the last id that was received; browsers send it by themselves
         */
        'Last-Event-ID'?: number;
    };
    path?: never;
    query?: {
        order_id?: Id;
        /**
         * go on behind this position; Last-Event-ID goes before it
         */
        position?: number;
    };
    url: '/api/v1/stream/orders';
};

export type StreamOrdersErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger;
    /**
     * Asked too often; Retry-After says how long to wait.
     */
    429: TooManyStreams | RateLimited | TooManyRequests;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type StreamOrdersError = StreamOrdersErrors[keyof StreamOrdersErrors];

export type StreamOrdersResponses = {
    /**
     * a stream that does not end by itself; of each event the data
     */
    200: {
        position: Position;
        /**
         * true in the last part of a state; absent in a change
         */
        complete?: boolean;
        data: Array<Order>;
    } | StreamEnd;
};

export type StreamOrdersResponse = StreamOrdersResponses[keyof StreamOrdersResponses];

export type ListWebhooksData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
    };
    url: '/api/v1/webhooks';
};

export type ListWebhooksErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListWebhooksError = ListWebhooksErrors[keyof ListWebhooksErrors];

export type ListWebhooksResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<Webhook>;
        next_cursor: NextCursor;
    };
};

export type ListWebhooksResponse = ListWebhooksResponses[keyof ListWebhooksResponses];

export type CreateWebhookData = {
    body: NewWebhookBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/webhooks';
};

export type CreateWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: TooManyWebhooks | LedgerHalted;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: UrlRefused | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type CreateWebhookError = CreateWebhookErrors[keyof CreateWebhookErrors];

export type CreateWebhookResponses = {
    /**
     * the answer
     */
    201: NewWebhook;
};

export type CreateWebhookResponse = CreateWebhookResponses[keyof CreateWebhookResponses];

export type RemoveWebhookData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}';
};

export type RemoveWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger | UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type RemoveWebhookError = RemoveWebhookErrors[keyof RemoveWebhookErrors];

export type RemoveWebhookResponses = {
    /**
     * Nothing is sent there any more.
     */
    204: void;
};

export type RemoveWebhookResponse = RemoveWebhookResponses[keyof RemoveWebhookResponses];

export type GetWebhookData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}';
};

export type GetWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger | UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type GetWebhookError = GetWebhookErrors[keyof GetWebhookErrors];

export type GetWebhookResponses = {
    /**
     * the answer
     */
    200: Webhook;
};

export type GetWebhookResponse = GetWebhookResponses[keyof GetWebhookResponses];

export type ChangeWebhookData = {
    body: ChangeWebhookBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}';
};

export type ChangeWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: UrlRefused | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ChangeWebhookError = ChangeWebhookErrors[keyof ChangeWebhookErrors];

export type ChangeWebhookResponses = {
    /**
     * the answer
     */
    200: Webhook;
};

export type ChangeWebhookResponse = ChangeWebhookResponses[keyof ChangeWebhookResponses];

export type RotateWebhookSecretData = {
    body: RotateSecretBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}/secret';
};

export type RotateWebhookSecretErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | ReauthenticationRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RotateWebhookSecretError = RotateWebhookSecretErrors[keyof RotateWebhookSecretErrors];

export type RotateWebhookSecretResponses = {
    /**
     * the answer
     */
    200: NewWebhook;
};

export type RotateWebhookSecretResponse = RotateWebhookSecretResponses[keyof RotateWebhookSecretResponses];

export type ReplayWebhookData = {
    body: ReplayBody;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}/replay';
};

export type ReplayWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ReplayWebhookError = ReplayWebhookErrors[keyof ReplayWebhookErrors];

export type ReplayWebhookResponses = {
    /**
     * the answer
     */
    200: Webhook;
};

export type ReplayWebhookResponse = ReplayWebhookResponses[keyof ReplayWebhookResponses];

export type TestWebhookData = {
    body?: never;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/webhooks/{id}/test';
};

export type TestWebhookErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type TestWebhookError = TestWebhookErrors[keyof TestWebhookErrors];

export type TestWebhookResponses = {
    /**
     * the answer
     */
    200: WebhookAttempt;
};

export type TestWebhookResponse = TestWebhookResponses[keyof TestWebhookResponses];

export type ListWebhookAttemptsData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path: {
        id: string;
    };
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * true: only those that failed
         */
        failed?: string;
    };
    url: '/api/v1/webhooks/{id}/attempts';
};

export type ListWebhookAttemptsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownLedger | UnknownRecord;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type ListWebhookAttemptsError = ListWebhookAttemptsErrors[keyof ListWebhookAttemptsErrors];

export type ListWebhookAttemptsResponses = {
    /**
     * the answer
     */
    200: {
        data: Array<WebhookAttempt>;
        next_cursor: NextCursor;
    };
};

export type ListWebhookAttemptsResponse = ListWebhookAttemptsResponses[keyof ListWebhookAttemptsResponses];

export type GetDashboardData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/dashboard';
};

export type GetDashboardErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetDashboardError = GetDashboardErrors[keyof GetDashboardErrors];

export type GetDashboardResponses = {
    /**
     * the answer
     */
    200: Dashboard;
};

export type GetDashboardResponse = GetDashboardResponses[keyof GetDashboardResponses];

export type GetProfitLossData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * first day, in the ledger's time zone
         */
        from?: string;
        /**
         * last day, included
         */
        to?: string;
        /**
         * default: day
         */
        group_by?: 'day' | 'month' | 'item' | 'customer';
    };
    url: '/api/v1/reports/profit-loss';
};

export type GetProfitLossErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetProfitLossError = GetProfitLossErrors[keyof GetProfitLossErrors];

export type GetProfitLossResponses = {
    /**
     * the answer
     */
    200: ProfitLoss;
};

export type GetProfitLossResponse = GetProfitLossResponses[keyof GetProfitLossResponses];

export type GetAgingData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
    };
    url: '/api/v1/reports/aging';
};

export type GetAgingErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetAgingError = GetAgingErrors[keyof GetAgingErrors];

export type GetAgingResponses = {
    /**
     * the answer
     */
    200: Aging;
};

export type GetAgingResponse = GetAgingResponses[keyof GetAgingResponses];

export type GetStockMovementData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * first day, in the ledger's time zone
         */
        from?: string;
        /**
         * last day, included
         */
        to?: string;
        /**
         * default: place, an item at a location
         */
        group_by?: 'place' | 'item' | 'location';
    };
    url: '/api/v1/reports/stock-movement';
};

export type GetStockMovementErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStockMovementError = GetStockMovementErrors[keyof GetStockMovementErrors];

export type GetStockMovementResponses = {
    /**
     * the answer
     */
    200: StockMovementReport;
};

export type GetStockMovementResponse = GetStockMovementResponses[keyof GetStockMovementResponses];

export type GetStockValuationData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * default: place, an item at a location
         */
        group_by?: 'place' | 'item' | 'location';
    };
    url: '/api/v1/reports/stock-valuation';
};

export type GetStockValuationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStockValuationError = GetStockValuationErrors[keyof GetStockValuationErrors];

export type GetStockValuationResponses = {
    /**
     * the answer
     */
    200: StockValuation;
};

export type GetStockValuationResponse = GetStockValuationResponses[keyof GetStockValuationResponses];

export type GetCustomerSalesData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * first day, in the ledger's time zone
         */
        from?: string;
        /**
         * last day, included
         */
        to?: string;
        /**
         * default: customer; month: each of them by month
         */
        group_by?: 'customer' | 'month';
    };
    url: '/api/v1/reports/customer-sales';
};

export type GetCustomerSalesErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetCustomerSalesError = GetCustomerSalesErrors[keyof GetCustomerSalesErrors];

export type GetCustomerSalesResponses = {
    /**
     * the answer
     */
    200: CustomerSales;
};

export type GetCustomerSalesResponse = GetCustomerSalesResponses[keyof GetCustomerSalesResponses];

export type GetSupplierCostsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * first day, in the ledger's time zone
         */
        from?: string;
        /**
         * last day, included
         */
        to?: string;
        /**
         * default: supplier; month: each of them by month
         */
        group_by?: 'supplier' | 'month';
    };
    url: '/api/v1/reports/supplier-costs';
};

export type GetSupplierCostsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetSupplierCostsError = GetSupplierCostsErrors[keyof GetSupplierCostsErrors];

export type GetSupplierCostsResponses = {
    /**
     * the answer
     */
    200: SupplierCosts;
};

export type GetSupplierCostsResponse = GetSupplierCostsResponses[keyof GetSupplierCostsResponses];

export type GetTrendsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * first day, in the ledger's time zone
         */
        from?: string;
        /**
         * last day, included
         */
        to?: string;
        /**
         * default: day
         */
        group_by?: 'day' | 'week' | 'month';
    };
    url: '/api/v1/reports/trends';
};

export type GetTrendsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetTrendsError = GetTrendsErrors[keyof GetTrendsErrors];

export type GetTrendsResponses = {
    /**
     * the answer
     */
    200: Trends;
};

export type GetTrendsResponse = GetTrendsResponses[keyof GetTrendsResponses];

export type GetRestatementData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query: {
        /**
         * the one state: as it was known by then; a day means its end
         */
        known_at: string;
        /**
         * the other state, likewise; default: now
         */
        versus?: string;
        report: 'profit-loss' | 'trial-balance' | 'stock-valuation';
        /**
         * first day; of profit-loss only
         */
        from?: string;
        /**
         * last day, included; of balances and values: as of its end
         */
        to?: string;
        /**
         * profit-loss: day (default), month, item, customer; stock-valuation: place (default), item, location
         */
        group_by?: 'day' | 'month' | 'item' | 'customer' | 'account' | 'place' | 'location';
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/reports/restatement';
};

export type GetRestatementErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetRestatementError = GetRestatementErrors[keyof GetRestatementErrors];

export type GetRestatementResponses = {
    /**
     * the answer
     */
    200: Restatement;
};

export type GetRestatementResponse = GetRestatementResponses[keyof GetRestatementResponses];

export type GetStateData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: {
        /**
         * a position of the ledger, or a moment or day by recorded time; default: now
         */
        at?: string;
        /**
         * of that, only what had happened by this moment or day
         */
        as_of?: string;
        /**
         * a document to be shown as it stood then
         */
        number?: string;
    };
    url: '/api/v1/audit/state';
};

export type GetStateErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | LogTampered | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetStateError = GetStateErrors[keyof GetStateErrors];

export type GetStateResponses = {
    /**
     * the answer
     */
    200: {
        ledger_id: string;
        currency: string;
        digits: number;
        /**
         * of the last event that counts; −1 before the first
         */
        position: number;
        /**
         * of that event
         */
        recorded_at: string;
        stock: Array<StockAtPlace>;
        stock_value: number;
        trial_balance: {
            data: Array<{
                account_id: string;
                name: string;
                type: string;
                debit: number;
                credit: number;
                balance: number;
            }>;
            totals: {
                debit: number;
                credit: number;
            };
        };
        /**
         * income less expenses since the first day
         */
        profit: number;
        /**
         * how many of each kind; not with as_of
         */
        documents?: {
            [key: string]: number;
        };
        /**
         * the one asked for by number, where there was one
         */
        document?: {
            [key: string]: unknown;
        };
    };
};

export type GetStateResponse = GetStateResponses[keyof GetStateResponses];

export type GetChainHeadData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/audit/chain/head';
};

export type GetChainHeadErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetChainHeadError = GetChainHeadErrors[keyof GetChainHeadErrors];

export type GetChainHeadResponses = {
    /**
     * the answer
     */
    200: {
        ledger_id: string;
        position: number;
        hash: string;
        recorded_at: string;
        /**
         * the last one
         */
        checkpoint: {
            ledger: string;
            /**
             * number of events
             */
            size: number;
            head_position: number;
            head_hash: string;
            /**
             * RFC 9162, over the hashes of the events
             */
            merkle_root: string;
            recorded_at: string;
            key_id: string;
            /**
             * Ed25519, base64url
             */
            public_key: string;
            /**
             * base64url
             */
            signature: string;
        } | null;
    };
};

export type GetChainHeadResponse = GetChainHeadResponses[keyof GetChainHeadResponses];

export type ListCheckpointsData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: {
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: string;
        /**
         * next_cursor of the page before
         */
        cursor?: string;
    };
    url: '/api/v1/audit/checkpoints';
};

export type ListCheckpointsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListCheckpointsError = ListCheckpointsErrors[keyof ListCheckpointsErrors];

export type ListCheckpointsResponses = {
    /**
     * the answer
     *
     * the answer
     */
    200: {
        data: Array<Checkpoint>;
        next_cursor: NextCursor;
    };
};

export type ListCheckpointsResponse = ListCheckpointsResponses[keyof ListCheckpointsResponses];

export type MakeCheckpointData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/audit/checkpoints';
};

export type MakeCheckpointErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | LogTampered | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type MakeCheckpointError = MakeCheckpointErrors[keyof MakeCheckpointErrors];

export type MakeCheckpointResponses = {
    /**
     * the answer
     */
    201: Checkpoint;
};

export type MakeCheckpointResponse = MakeCheckpointResponses[keyof MakeCheckpointResponses];

export type ProveDocumentData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path: {
        number: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
    };
    url: '/api/v1/audit/proofs/{number}';
};

export type ProveDocumentErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | LogTampered | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ProveDocumentError = ProveDocumentErrors[keyof ProveDocumentErrors];

export type ProveDocumentResponses = {
    /**
     * the answer
     */
    200: {
        format: string;
        number: string;
        opening: ProvenEvent;
        events: Array<ProvenEvent>;
        checkpoint: Checkpoint;
    };
};

export type ProveDocumentResponse = ProveDocumentResponses[keyof ProveDocumentResponses];

export type ExportLedgerData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: {
        /**
         * default: none
         */
        compression?: 'none' | 'gzip' | 'zstd';
    };
    url: '/api/v1/audit/export';
};

export type ExportLedgerErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ExportLedgerError = ExportLedgerErrors[keyof ExportLedgerErrors];

export type ExportLedgerResponses = {
    /**
     * the answer
     */
    200: string;
};

export type ExportLedgerResponse = ExportLedgerResponses[keyof ExportLedgerResponses];

export type VerifyData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: never;
    url: '/api/v1/audit/verifications';
};

export type VerifyErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type VerifyError = VerifyErrors[keyof VerifyErrors];

export type VerifyResponses = {
    /**
     * the answer
     */
    202: Verification;
};

export type VerifyResponse = VerifyResponses[keyof VerifyResponses];

export type GetVerificationData = {
    body?: never;
    headers?: {
        Ledger?: string;
    };
    path: {
        id: string;
    };
    query?: never;
    url: '/api/v1/audit/verifications/{id}';
};

export type GetVerificationErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownRecord | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: LedgerHalted | ProjectionHalted;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetVerificationError = GetVerificationErrors[keyof GetVerificationErrors];

export type GetVerificationResponses = {
    /**
     * the answer
     */
    200: Verification;
};

export type GetVerificationResponse = GetVerificationResponses[keyof GetVerificationResponses];

export type ListEventsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        actor?: string;
        /**
         * type of the events, such as SaleRecorded or SignInFailed
         */
        type?: string;
        order?: 'newest_first' | 'oldest_first';
    };
    url: '/api/v1/audit/events';
};

export type ListEventsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListEventsError = ListEventsErrors[keyof ListEventsErrors];

export type ListEventsResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<AuditEvent>;
    };
};

export type ListEventsResponse = ListEventsResponses[keyof ListEventsResponses];

export type ListSecurityEventsData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path?: never;
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * username
         */
        actor?: string;
        /**
         * type of the events, such as SaleRecorded or SignInFailed
         */
        type?: string;
        order?: 'newest_first' | 'oldest_first';
        /**
         * username: events by or about them
         */
        user?: string;
    };
    url: '/api/v1/audit/security-events';
};

export type ListSecurityEventsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type ListSecurityEventsError = ListSecurityEventsErrors[keyof ListSecurityEventsErrors];

export type ListSecurityEventsResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<SecurityEvent>;
    };
};

export type ListSecurityEventsResponse = ListSecurityEventsResponses[keyof ListSecurityEventsResponses];

export type GetHistoryData = {
    body?: never;
    headers?: {
        Ledger?: string;
        /**
         * as min_position: of the answer to a command, to read what it wrote
         */
        'Ledger-Position'?: number;
        /**
         * ETag of an answer that is known: 304 where it is still so
         */
        'If-None-Match'?: string;
    };
    path: {
        kind: string;
        id: string;
    };
    query?: {
        /**
         * as it was in the factory by then, by effective time; a day means its end
         */
        as_of?: string;
        /**
         * as it was known by then, by recorded time; a day means its end
         */
        known_at?: string;
        /**
         * as it was known at this position of the ledger
         */
        position?: number;
        /**
         * wait until this position can be read; so does the header Ledger-Position
         */
        min_position?: number;
        /**
         * default: json; csv holds all rows
         */
        format?: 'json' | 'csv';
        /**
         * default: 100
         */
        limit?: number;
        /**
         * next_cursor of the page before, or prev_cursor of the page after
         */
        cursor?: string;
        /**
         * from this moment or day on
         */
        from?: string;
        /**
         * until this moment or day, included
         */
        to?: string;
        /**
         * default: newest_first
         */
        order?: 'newest_first' | 'oldest_first';
    };
    url: '/api/v1/audit/history/{kind}/{id}';
};

export type GetHistoryErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * What the request names is not there.
     */
    404: UnknownDocument | UnknownApproval | UnknownReservation | UnknownUser | UnknownFlashSale | UnknownOrder | UnknownItem | UnknownSupplier | UnknownCustomer | UnknownLocation | UnknownAccount | UnknownLedger;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | UnknownLedger | ProjectionHalted | ProjectionBehind;
};

export type GetHistoryError = GetHistoryErrors[keyof GetHistoryErrors];

export type GetHistoryResponses = {
    /**
     * the answer
     */
    200: Page & {
        data: Array<HistoryEntry>;
    };
};

export type GetHistoryResponse = GetHistoryResponses[keyof GetHistoryResponses];

export type GetProjectionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/projections';
};

export type GetProjectionsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type GetProjectionsError = GetProjectionsErrors[keyof GetProjectionsErrors];

export type GetProjectionsResponses = {
    /**
     * the answer
     */
    200: ProjectionHealth;
};

export type GetProjectionsResponse = GetProjectionsResponses[keyof GetProjectionsResponses];

export type RebuildProjectionsData = {
    body?: never;
    path?: never;
    query?: never;
    url: '/api/v1/projections/rebuild';
};

export type RebuildProjectionsErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable;
};

export type RebuildProjectionsError = RebuildProjectionsErrors[keyof RebuildProjectionsErrors];

export type RebuildProjectionsResponses = {
    /**
     * begun, or under way already
     */
    202: Rebuild;
};

export type RebuildProjectionsResponse = RebuildProjectionsResponses[keyof RebuildProjectionsResponses];

export type RecordBatchData = {
    /**
     * One line for each, ended by a newline.
     */
    body: BatchLine;
    headers?: {
        Ledger?: string;
    };
    path?: never;
    query?: {
        atomic?: boolean;
        dry_run?: boolean;
    };
    url: '/api/v1/batches';
};

export type RecordBatchErrors = {
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired | NotAnApprover | SelfApproval | NotTheRequester | PassInvalid | PassOfAnother;
    /**
     * What the request names is not there.
     */
    404: UnknownItem | UnknownSupplier | UnknownCustomer | UnknownLocation | UnknownAccount | UnknownDocument | UnknownApproval | UnknownReservation | UnknownFlashSale | UnknownOrder | UnknownLedger;
    /**
     * The books do not allow it as they stand. Nothing was recorded.
     */
    409: AlreadyExists | NotEmpty | InsufficientFunds | InactiveSupplier | InactiveLocation | InactiveItem | PeriodClosed | CountedSince | BackdatedBeyondHistory | TooManyAdjustments | AlreadyVoid | InsufficientStock | InactiveCustomer | InactiveAccount | NotPayable | AlreadyPaid | Overpayment | NotReturnable | ReturnExceedsBill | HasWriteOffs | NotVoidable | HasPayments | HasReturns | HasLateCosts | ApprovalDecided | ReservationExpired | ReservationEnded | ExceedsReservation | FlashSaleClosed | NoQueue | SoldOut | FlashSaleNotBegun | PassRequired | PassUsed | PassExpired | ExceedsCustomerLimit | OrderEnded | ChargeUnderWay | PeriodNotOver | PeriodNotClosed | LedgerHalted;
    /**
     * It is no longer what was read. Nothing was recorded.
     */
    412: ChangedSince;
    /**
     * More than one request can hold.
     */
    413: BatchTooLarge | PayloadTooLarge;
    /**
     * The request is well-formed, but not valid. Nothing was recorded.
     */
    422: ControlAccount | StandardAccount | EffectiveInFuture | AmountOutOfBounds | NotCostable | EffectiveBeforeDocument | SameLocation | SameAccount | NotAMoneyAccount | NotTogether | Validation | IdempotencyKeyReused;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type RecordBatchError = RecordBatchErrors[keyof RecordBatchErrors];

export type RecordBatchResponses = {
    /**
     * One line for each, ended by a newline.
     */
    200: BatchResult;
};

export type RecordBatchResponse = RecordBatchResponses[keyof RecordBatchResponses];

export type ImportCsvData = {
    /**
     * A header and a line for each record.
     */
    body: string;
    headers?: {
        Ledger?: string;
        'Idempotency-Key'?: string;
    };
    path?: never;
    query: {
        /**
         * of the commands, as in /batches
         */
        type: 'items' | 'items/change' | 'suppliers' | 'suppliers/change' | 'customers' | 'customers/change' | 'locations' | 'locations/change' | 'accounts' | 'accounts/change' | 'purchases' | 'late-costs' | 'blows' | 'sales' | 'wastes' | 'stock-transfers' | 'transfers' | 'journal-entries' | 'payments' | 'write-offs' | 'stock-counts' | 'returns' | 'voids' | 'approvals/approve' | 'approvals/reject' | 'approvals/withdraw' | 'approval-thresholds' | 'reservations' | 'reservations/checkout' | 'reservations/release' | 'flash-sales' | 'flash-sales/close' | 'flash-sales/queue' | 'flash-sales/queue/lift' | 'flash-buy' | 'orders/cancel' | 'periods/close' | 'periods/reopen';
        /**
         * JSON: `columns`, the file’s column for a field, and `values`, for fields without a column and for empty cells; as {"columns":{"item_id":"Art.-Nr."},"values":{"supplier_id":"SUP-001"}}
         */
        mapping?: string;
        /**
         * the column that says which lines are one document; such lines stand together. Default: number, where there is one; else each line is one
         */
        reference?: string;
        /**
         * true: the whole file is one document, of at most 500 lines
         */
        one_document?: 'true' | 'false';
        /**
         * default: the one that the first line has most of
         */
        separator?: 'comma' | 'semicolon' | 'tab';
        /**
         * in numbers; default: point
         */
        decimal?: 'point' | 'comma';
        /**
         * true: every document is tried against the books as they are, and nothing is recorded
         */
        dry_run?: 'true' | 'false';
        /**
         * default: json; csv: the refused lines as they were, and why, to be mended and sent again
         */
        format?: 'json' | 'csv';
    };
    url: '/api/v1/imports';
};

export type ImportCsvErrors = {
    /**
     * The request is malformed.
     */
    400: MalformedCsv | MalformedRequest | MalformedJson | InvalidParameter | InvalidIdempotencyKey;
    /**
     * Who asks is not known.
     */
    401: Unauthenticated;
    /**
     * Who asks may not do this.
     */
    403: Forbidden | SecondFactorRequired | PasswordChangeRequired | EnrolmentRequired;
    /**
     * Any request may be answered so.
     */
    default: MalformedRequest | MalformedJson | InvalidParameter | RequestTimeout | PayloadTooLarge | UriTooLong | UnsupportedMediaType | RateLimited | TooManyRequests | HeadersTooLarge | InternalError | Overloaded | Unavailable | Validation | InvalidIdempotencyKey | IdempotencyKeyReused | UnknownLedger | LedgerHalted | ClockAhead | LogUnavailable | OutcomeUnknown;
};

export type ImportCsvError = ImportCsvErrors[keyof ImportCsvErrors];

export type ImportCsvResponses = {
    /**
     * what became of the lines
     */
    200: ImportReport;
};

export type ImportCsvResponse = ImportCsvResponses[keyof ImportCsvResponses];
