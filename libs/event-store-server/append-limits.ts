export interface AppendLimits {
  /** Data + metadata + 2 × type length of one append. */
  append_bytes_max: number;
  /** Of one BatchAppend call, the last chunk not arrived. */
  unfinished_max: number;
  wait_ms_max: number;
}

export const default_append_limits: AppendLimits = {
  append_bytes_max: 1024 * 1024,
  unfinished_max: 64,
  wait_ms_max: 60_000,
};
