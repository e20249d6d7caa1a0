export const LOCATION = { optional: true, description: 'default: main' };
export const EFFECTIVE = {
  optional: true,
  description:
    "when it happened in the factory; default: now. A day is its last moment in the ledger's time zone, and now when it is today",
};
