import type { SecurityEventType } from '../../../projections/read-models/security-events.js';

/** Writes security events; those of who may do what are written where that is decided. */
export abstract class SecurityNotes {
  /** Resolves when the event is sure to come into the log. */
  abstract note(type: SecurityEventType, actor: string, data: Record<string, unknown>): Promise<void>;
  /** Refused authorisations are counted: one event a minute for each user and status. */
  abstract countRefusal(refused: Refused): void;
}

export interface Refused {
  /** Absent: the user is not known. */
  username?: string;
  status: number;
  /** As "GET /api/v1/sales/:number". */
  route: string;
  address?: string;
}
