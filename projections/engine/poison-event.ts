/** An event that cannot be projected. Its ledger's projection halts at it (`saveLedgers` in projections/projector/ledgers.ts); none is ever skipped. */
export class PoisonEvent extends Error {
  override readonly name = 'PoisonEvent';
  readonly ledger: string;
  readonly position: number;
  constructor({ ledger, event }: { ledger: string; event: { position: number; type?: string } }, reason: string) {
    super(`event ${event.position}${event.type ? ` (${event.type})` : ''} of ledger ${ledger}: ${reason}`);
    this.ledger = ledger;
    this.position = event.position;
  }
}

/** The log has a later one. */
export class MissingEvents extends PoisonEvent {
  constructor(
    ledger: string,
    position: number,
    readonly until: number,
  ) {
    super({ ledger, event: { position } }, `it is missing, the log goes on with ${until}`);
  }
}
