import Type from 'typebox';
import { INSTANT_SCHEMA } from '../http/fields.js';
import { component } from '../http/schema.js';

export const LOCATION = { optional: true, description: 'default: main' };
export const EFFECTIVE = {
  optional: true,
  description:
    "when it happened in the factory; default: now. A day is its last moment in the ledger's time zone, and now when it is today",
};
component('EffectiveAt', Type.Unsafe({ ...INSTANT_SCHEMA, description: EFFECTIVE.description }));
