/** From a right password to a session that may do all its user may: a state machine without clock and I/O. */

/** What is still to be done, in this order. A session that waits for one may use only routes that name it in `during` (permit.ts). */
export const STEPS = ['second_factor', 'new_password', 'enrol_factor'] as const;
export type Step = (typeof STEPS)[number];

/** What the user of a session has and has not done yet. */
export interface Progress extends FactorProgress {
  /** Another one set the password. */
  password_is_temporary: boolean;
}
export interface FactorProgress {
  has_factor: boolean;
  gave_factor: boolean;
  /** Of one of the user's roles. */
  factor_is_demanded: boolean;
}

const IS_LEFT: Record<Step, (progress: Progress) => boolean> = {
  second_factor: ({ has_factor, gave_factor }) => has_factor && !gave_factor,
  new_password: ({ password_is_temporary }) => password_is_temporary,
  enrol_factor: ({ has_factor, factor_is_demanded }) => factor_is_demanded && !has_factor,
};

/** undefined: the session is whole. */
export function nextStep(progress: Progress): Step | undefined {
  return STEPS.find((step) => IS_LEFT[step](progress));
}
