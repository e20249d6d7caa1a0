/** From a right password to a session that may do all its user may: a state machine without clock and I/O. */

/** What is still to be done, in this order. A session that waits for one may use only routes that name it in `during` (permit.ts). */
export const STEPS = ['new_password'] as const;
export type Step = (typeof STEPS)[number];

/** What the user of a session has and has not done yet. */
export interface Progress {
  /** Another one set the password. */
  password_is_temporary: boolean;
}

const IS_LEFT: Record<Step, (progress: Progress) => boolean> = {
  new_password: ({ password_is_temporary }) => password_is_temporary,
};

/** undefined: the session is whole. */
export function nextStep(progress: Progress): Step | undefined {
  return STEPS.find((step) => IS_LEFT[step](progress));
}
