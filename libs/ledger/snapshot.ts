/**
 * The decision state as text, so that a start need not read all of history. A cache: FOLD_VERSION changes with `evolve` or the state's
 * shape, and a snapshot of another version is simply not used.
 */
import { emptyState, type LedgerState } from './state.js';

export const FOLD_VERSION = 1;

/** Loaded documents are left out; they are read again when a command names them. */
export function saveState(state: LedgerState): string {
  if (state.undo !== undefined) throw new Error('a snapshot of what is not acknowledged would be a lie');
  const { documents: _documents, undo: _undo, ...kept } = state;
  return JSON.stringify({ fold_version: FOLD_VERSION, state: kept }, (_key, value: unknown) => {
    if (value instanceof Map) return { $map: [...value] };
    return typeof value === 'bigint' ? { $int: value.toString() } : value;
  });
}

/** undefined when the text is of another version of the fold. Throws when it is not a snapshot at all. */
export function restoreState(text: string): LedgerState | undefined {
  const { fold_version, state } = JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$map' in value) return new Map(value.$map as [unknown, unknown][]);
    return '$int' in value ? BigInt(value.$int as string) : value;
  }) as { fold_version: number; state: Partial<LedgerState> };
  return fold_version === FOLD_VERSION ? { ...emptyState(), ...state } : undefined;
}
