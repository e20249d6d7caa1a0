import {
  DOCUMENT_EVENT_TYPES,
  DOCUMENT_KINDS,
  type DocumentKindDescriptor,
  documentsNamed,
  KINDS,
  kindOf,
} from './document-kinds.js';
import type { LedgerEvent } from './events.js';

const DESCRIPTORS: DocumentKindDescriptor[] = Object.values(DOCUMENT_KINDS);

describe('kinds of documents', () => {
  it('have prefixes of two letters, each its own', () => {
    const prefixes = DESCRIPTORS.map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(KINDS.length);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[A-Z]{2}$/);
  });

  it('are told by the number', () => {
    expect(['PO', 'BL', 'SO', 'WS', 'ST', 'MT', 'PY', 'SC', 'RT', 'AP', 'RV', 'FS', 'OR', 'XX'].map(kindOf)).toEqual([
      'purchase',
      'blow',
      'sale',
      'waste',
      'stock_transfer',
      'transfer',
      'payment',
      'stock_count',
      'return',
      'approval',
      'reservation',
      'flash_sale',
      'order',
      undefined,
    ]);
  });

  it('share no event that begins one, and no command that makes one', () => {
    for (const list of [
      DESCRIPTORS.flatMap(({ begun_by }) => begun_by),
      DESCRIPTORS.flatMap(({ command }) => command ?? []),
    ])
      expect(new Set<string>(list).size).toBe(list.length);
  });

  it('are all begun by events, and can all be voided but those that post nothing', () => {
    for (const { begun_by } of DESCRIPTORS) expect(begun_by.length).toBeGreaterThan(0);
    const voidable = KINDS.filter((kind) =>
      DOCUMENT_KINDS[kind].added_to_by.some(([type]) => type === 'DocumentVoided'),
    );
    expect(voidable).toEqual(KINDS.filter((kind) => DOCUMENT_KINDS[kind].void !== 'refuse'));
    expect(KINDS.filter((kind) => DOCUMENT_KINDS[kind].void === 'refuse')).toEqual(
      KINDS.filter((kind) => !DOCUMENT_KINDS[kind].is_posting),
    );
  });
});

describe('documents named', () => {
  const numbers = {
    ...{ number: 'N', bill_number: 'B', approval_id: 'A', reservation_id: 'R' },
    ...{ flash_sale_id: 'F', order_id: 'O' },
  };
  const named = (type: string, data: object = numbers) => documentsNamed({ type, data } as unknown as LedgerEvent);

  it.each([
    ['PurchaseRecorded', 'N', []],
    ['BlowRecorded', 'N', []],
    ['SaleRecorded', 'N', []],
    ['WasteRecorded', 'N', []],
    ['StockTransferred', 'N', []],
    ['MoneyTransferred', 'N', []],
    ['StockCounted', 'N', []],
    ['PaymentReceived', 'N', ['B']],
    ['PaymentMade', 'N', ['B']],
    ['BillWrittenOff', 'N', ['B']],
    ['SaleReturned', 'N', ['B']],
    ['PurchaseReturned', 'N', ['B']],
    ['CountAdjusted', undefined, ['N']],
    ['DocumentVoided', undefined, ['N', 'B']],
    ['ApprovalRequested', 'A', []],
    ['ApprovalGranted', undefined, ['A']],
    ['ApprovalRejected', undefined, ['A']],
    ['ApprovalWithdrawn', undefined, ['A']],
    ['ApprovalExpired', undefined, ['A']],
    ['StockReserved', 'R', []],
    ['ReservationCheckedOut', undefined, ['R']],
    ['ReservationReleased', undefined, ['R']],
    ['ReservationExpired', undefined, ['R']],
    ['FlashSaleOpened', 'F', []],
    ['FlashSaleClosed', undefined, ['F']],
    ['FlashOrderPlaced', 'O', []],
    ['FlashOrderChargeStarted', undefined, ['O']],
    ['FlashOrderConfirmed', undefined, ['O']],
    ['FlashOrderReleased', undefined, ['O']],
    ['FlashOrderChargedLate', undefined, ['O']],
    ['FlashOrderRefunded', undefined, ['O']],
    ['PeriodClosed', undefined, []],
    ['ItemChanged', undefined, []],
  ])('by %s: %s first, %j more', (type, first, more) => {
    expect(named(type)).toEqual({ ...(first && { first }), more });
  });

  it('by a void of what is about no bill: the voided document alone', () => {
    expect(named('DocumentVoided', { number: 'N' })).toEqual({ more: ['N'] });
  });

  it('by every event type of a document, and by no other', () => {
    for (const type of DOCUMENT_EVENT_TYPES) {
      const { first, more } = named(type);
      expect([first, ...more].filter(Boolean).length).toBeGreaterThan(0);
    }
  });
});
