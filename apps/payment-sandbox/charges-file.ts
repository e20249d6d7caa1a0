/** Charges on disk, a line each time one changes: a sandbox that starts again, even after a kill, knows what it has captured. */
import { existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { ChargeDocument } from '../../libs/payment-process/charge-document.js';

/** Moments in milliseconds since 1970. */
export interface Kept {
  document: ChargeDocument;
  /** Until then it is not known here. */
  arrives_ms: number;
  /** Until then it is processing. */
  settles_ms: number;
  is_declined: boolean;
}

export class ChargesFile {
  /** In the order of their making, each as it was last. */
  readonly kept = new Map<string, Kept>();
  private readonly file: number;

  /** Made where it is not there. */
  constructor(path: string) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // What stands behind the last line feed was cut off by a kill.
    for (const line of text.split('\n').slice(0, -1)) {
      const kept = JSON.parse(line) as Kept;
      this.kept.set(kept.document.key, kept);
    }
    writeFileSync(`${path}.new`, [...this.kept.values()].map(lineOf).join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    this.file = openSync(path, 'a');
  }

  save(kept: Kept): void {
    writeSync(this.file, lineOf(kept));
  }
}

function lineOf(kept: Kept): string {
  return `${JSON.stringify(kept)}\n`;
}
