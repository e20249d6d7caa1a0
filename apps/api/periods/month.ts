import type { PathField } from '../commands/ledger-command.js';
import { isMonth } from '../http/instants.js';

export const MONTH: PathField = { name: 'month', passes: isMonth, message: 'must be a month such as 2026-03' };
