export { type Connection, connect, signIn } from './connection.js';
export { type WithDecimals, withDecimals } from './decimals.js';
export type { Client } from './generated/client/index.js';
export type { AnyProblem } from './generated/problems.js';
export * from './generated/sdk.gen.js';
export type * from './generated/types.gen.js';
export { messagesOf, type StreamOptions } from './messages.js';
export { isProblem, LedgerError, type ProblemCode, type ProblemOf } from './problems.js';
export { rowsOf } from './rows.js';
