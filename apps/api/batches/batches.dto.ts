import Type from 'typebox';
import { anything, component, described, flag, pieces, reference, words } from '../http/schema.js';
import { BATCH_COMMANDS } from './batch-commands.js';

export const BatchLine = component(
  'BatchLine',
  Type.Object({
    type: words(...BATCH_COMMANDS.keys()),
    body: described(anything, 'as of a request of its own, with what its path names'),
    idempotency_key: Type.Optional(Type.String({ maxLength: 255 })),
  }),
);
export const BatchResult = component(
  'BatchResult',
  Type.Object({
    line: pieces,
    status: pieces,
    body: Type.Optional(anything),
    problem: Type.Optional(reference('Problem')),
    replayed: Type.Optional(flag),
  }),
);
