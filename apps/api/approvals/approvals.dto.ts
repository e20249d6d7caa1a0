import Type, { type Static } from 'typebox';
import { documentSchema } from '../documents/document.schema.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { POSTED_DOCUMENTS } from '../documents/schema-names.js';
import { Cost, NOTES_MAX, Text } from '../http/fields.js';
import {
  anything,
  component,
  described,
  id,
  instant,
  money,
  nullable,
  oneOf,
  optionalFields,
  position,
  reference,
  text,
} from '../http/schema.js';

export class ThresholdBody {
  @Cost({ description: 'what is worth more waits for a second pair of eyes' }) approval_threshold!: number;
  @Text(NOTES_MAX) reason!: string;
}

export const Approval = component(
  'Approval',
  documentSchema('approval', ['pending', 'approved', 'rejected', 'withdrawn', 'expired'], {
    approval_id: id,
    command: described(anything, 'the whole command that waits'),
    amount: money,
    threshold: money,
    requested_by: text,
    ...optionalFields({
      expires_at: instant,
      reservation_id: id,
      decided_by: text,
      decided_at: instant,
      result_number: id,
      reject_reason: text,
    }),
  }),
);
export type Approval = Static<typeof Approval>;

export const ApprovedDocument = component(
  'ApprovedDocument',
  Type.Unsafe<Approval & { document: unknown }>({
    allOf: [Approval, Type.Object({ document: oneOf(...POSTED_DOCUMENTS.map((name) => reference(name))) })],
  }),
);

export const ChangedThreshold = component(
  'ChangedThreshold',
  Type.Object({
    approval_threshold: money,
    previous_threshold: money,
    reason: text,
    created_by: text,
    recorded_at: instant,
    position,
  }),
);
export const Threshold = component(
  'Threshold',
  Type.Object({
    approval_threshold: money,
    reason: nullable(text),
    decided_by: text,
    decided_at: instant,
    position,
  }),
);
export const Thresholds = component('Thresholds', Type.Object({ data: Type.Array(Threshold), position }));
export type Thresholds = Static<typeof Thresholds>;

export class ApprovalsParameters extends documentsListedBy('approval', {
  party_id: 'optional_party_id',
  amount: 'total',
}) {}
