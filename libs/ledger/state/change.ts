/**
 * Changes to the state that can be undone: a batch may lose its race, a command may be refused half way. While a change is open, every
 * write to the state records the step that undoes it.
 */
export type UndoSteps = (() => void)[];

export interface Change {
  /** Keeps what was changed. What an inner change keeps, the outer one can still undo. */
  commit(): void;
  /** Undoes everything since `beginChange`, the last first. */
  rollback(): void;
}

/** Opens a change, inside another one if that is open. Changes end in the reverse order of their beginning. */
export function beginChange(state: { undo: UndoSteps | undefined }): Change {
  const outer = state.undo;
  const steps = outer ?? [];
  const mark = steps.length;
  let ended = false;
  const end = () => {
    if (ended || state.undo !== steps) throw new Error('the change has ended already');
    ended = true;
  };
  state.undo = steps;
  return {
    commit() {
      end();
      state.undo = outer;
    },
    rollback() {
      end();
      while (steps.length > mark) steps.pop()!();
      state.undo = outer;
    },
  };
}
