import { OneOf, optional, Text } from '../http/fields.js';
import { FormatParameters, PeriodParameters } from '../queries/parameters.js';

const ORDERS = ['newest_first', 'oldest_first'] as const;
type Order = (typeof ORDERS)[number];

export class AuditParameters extends PeriodParameters {
  @Text(64, { ...optional, description: 'username' }) actor?: string;
  @Text(64, { ...optional, description: 'type of the events, such as SaleRecorded or SignInFailed' }) type?: string;
  @OneOf(ORDERS, optional) order?: Order;
}

export class SecurityParameters extends AuditParameters {
  @Text(64, { ...optional, description: 'username: events by or about them' }) user?: string;
}

export class HistoryParameters extends PeriodParameters {
  @OneOf(ORDERS, { ...optional, description: 'default: newest_first' }) order?: Order;
}

export class StateParameters {
  @Text(64, { ...optional, description: 'a position of the ledger, or a moment or day by recorded time; default: now' })
  at?: string;
  @Text(64, { ...optional, description: 'of that, only what had happened by this moment or day' })
  as_of?: string;
  @Text(64, { ...optional, description: 'a document to be shown as it stood then' })
  number?: string;
}

export class CheckpointsParameters extends FormatParameters {
  @Text(4, { ...optional, description: 'default: 100' }) limit?: string;
  @Text(16, { ...optional, description: 'next_cursor of the page before' }) cursor?: string;
}

export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export class ExportParameters {
  @OneOf(COMPRESSIONS, { ...optional, description: 'default: none' }) compression?: Compression;
}
