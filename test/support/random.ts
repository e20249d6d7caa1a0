/** The same seed gives the same choices. */
export interface Chance {
  /** 0 … 1, without 1. */
  real(): number;
  whole(least: number, most: number): number;
  pick<T>(of: readonly T[]): T;
  percent(part: number): boolean;
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const real = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number) => least + Math.floor(real() * (most - least + 1));
  return { real, whole, pick: (of) => of[whole(0, of.length - 1)]!, percent: (part) => real() * 100 < part };
}

/** From the environment, to repeat a failure; say it in the spec's name. */
export function seedOf(): number {
  return Number(process.env.SEED ?? Date.now() % 1_000_000_000);
}
