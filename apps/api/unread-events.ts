/**
 * How long what this instance recorded has waited to be readable. The projector's own lag is of the last event that it wrote, and stands still with
 * it. Kept: two positions a ledger.
 */
export class UnreadEvents {
  private readonly ledgers = new Map<string, { oldest: Recorded; newest: Recorded }>();

  recorded(ledger_id: string, position: number, at_ms: number): void {
    const newest = { position, at_ms };
    const known = this.ledgers.get(ledger_id);
    if (known === undefined) this.ledgers.set(ledger_id, { oldest: newest, newest });
    else if (position > known.newest.position) known.newest = newest;
  }

  /** Milliseconds, at least: of the events between the oldest and the newest no time is kept. A halted projection is left out: it has an alarm of its own. */
  waitedMs(readable: readonly { ledger_id: string; position: number; halted: unknown }[], now_ms: number): number {
    const positions = new Map(
      readable.map(({ ledger_id, position, halted }) => [
        ledger_id,
        halted === null ? position : Number.POSITIVE_INFINITY,
      ]),
    );
    let waited_ms = 0;
    for (const [ledger_id, of_ledger] of this.ledgers) {
      const position = positions.get(ledger_id) ?? -1;
      if (of_ledger.newest.position <= position) this.ledgers.delete(ledger_id);
      else {
        if (of_ledger.oldest.position <= position) of_ledger.oldest = of_ledger.newest;
        waited_ms = Math.max(waited_ms, now_ms - of_ledger.oldest.at_ms);
      }
    }
    return waited_ms;
  }
}

interface Recorded {
  position: number;
  at_ms: number;
}
