import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { dayEnd } from '../../../libs/ledger/calendar.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { type RestatementFilter, restatement } from '../../../projections/reports/restatement.js';
import { documentHref } from '../documents/document-href.js';
import { isDay } from '../http/instants.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Restatement } from './reports.dto.js';

export class GetRestatement extends Query<Restatement> {
  constructor(
    readonly at: SnapshotQuery,
    readonly states: { known_at: string; versus: string },
    readonly filter: RestatementFilter,
  ) {
    super();
  }
}

@QueryHandler(GetRestatement)
export class GetRestatementHandler implements IQueryHandler<GetRestatement> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, states: { known_at, versus }, filter }: GetRestatement): Promise<Restatement> {
    return this.models.read(at, async (snapshot) => {
      const found = await restatement(snapshot, [instantOf(snapshot, known_at), instantOf(snapshot, versus)], filter);
      const data = found.data.map(({ events, events_total, ...row }) => ({
        ...row,
        events: events.map((event) => ({ ...event, href: documentHref(event.number) })),
        events_total,
      }));
      return { ...found, data };
    });
  }
}

function instantOf({ time_zone }: Snapshot, when: string): string {
  return isDay(when) ? dayEnd(when, time_zone) : when;
}
