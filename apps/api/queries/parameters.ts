import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { dayEnd, dayStart } from '../../../libs/ledger/calendar.js';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import type { AsOf } from '../../../projections/as-of/as-of.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { type FieldOptions, Instant, OneOf, optional, Text, Whole } from '../http/fields.js';
import { instantOrDay, isDay } from '../http/instants.js';
import { invalidParameters } from '../http/problem.js';

export const LIMIT_MAX = 1000;

/** Text that is no whole number stays text, and is refused. */
const WholeParameter = (minimum: number, maximum: number, options: FieldOptions) =>
  applyDecorators(
    Transform(({ value }) => (/^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value), { toClassOnly: true }),
    Whole(minimum, maximum, { ...optional, ...options }),
  );
const pieces = (description: string) => WholeParameter(0, QUANTITY_MAX, { description });
export const LeastPieces = () => pieces('at least');
export const MostPieces = () => pieces('at most');
export const Position = (options: FieldOptions) => WholeParameter(0, Number.MAX_SAFE_INTEGER, options);

export const Moment = (options: FieldOptions = {}) =>
  applyDecorators(
    Transform(({ value }) => instantOrDay(value) ?? value, { toClassOnly: true }),
    Instant({ ...optional, ...options }),
  );

export const MinPosition = () =>
  Position({ description: 'wait until this position can be read; so does the header Ledger-Position' });
export const Limit = () => WholeParameter(1, LIMIT_MAX, { description: 'default: 100' });
export const Cursor = () =>
  Text(3000, { ...optional, description: 'next_cursor of the page before, or prev_cursor of the page after' });

const FORMATS = ['json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];
export const FormatField = () => OneOf(FORMATS, { ...optional, description: 'default: json; csv holds all rows' });

export class AsOfParameters {
  @Moment({ description: 'as it was in the factory by then, by effective time; a day means its end' })
  as_of?: string;
  @Moment({ description: 'as it was known by then, by recorded time; a day means its end' })
  known_at?: string;
  @Position({ description: 'as it was known at this position of the ledger' })
  position?: number;
  @MinPosition() min_position?: number;
}
/** Of lists that are neither long nor of a position of a ledger. */
export class FormatParameters {
  @FormatField() format?: Format;
}
export class TableParameters extends AsOfParameters {
  @FormatField() format?: Format;
}
export class PageParameters extends TableParameters {
  @Limit() limit?: number;
  @Cursor() cursor?: string;
}
export class PeriodParameters extends PageParameters {
  @Moment({ description: 'from this moment or day on' })
  from?: string;
  @Moment({ description: 'until this moment or day, included' })
  to?: string;
}

export class NowParameters {
  @MinPosition() min_position?: number;
}

/** @throws Problem invalid_parameter where `from` is after `to` */
export function periodIn({ time_zone }: AsOf, { from, to }: { from?: string; to?: string }): DocumentFilter {
  const start = isDay(from) ? dayStart(from, time_zone) : from;
  const end = isDay(to) ? dayEnd(to, time_zone) : to;
  assertFromBeforeTo(start, end);
  return { from: start, to: end };
}
export function assertFromBeforeTo(from: string | undefined, to: string | undefined): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalidParameters([{ path: 'from', message: 'must not be after to' }]);
}
