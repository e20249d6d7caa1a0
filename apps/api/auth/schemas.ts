/** What the answers of auth and users hold, for OpenAPI. */
import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import { ROLES } from '../../../libs/ledger/commands.js';

type Schema = ApiResponseSchemaHost['schema'];

const text = { type: 'string' };
const moment = { type: 'string', format: 'date-time' };
const role = { type: 'string', enum: [...ROLES] };
const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

export const token_schema = object({
  access_token: text,
  token_type: { type: 'string', enum: ['bearer'] },
  expires_in: { type: 'integer', description: 'seconds' },
});

export const me_schema = object({ username: text, role });

export const user_schema = object({
  username: text,
  role,
  active: { type: 'boolean' },
  created_at: moment,
  created_by: text,
  locked_until: { ...moment, nullable: true },
});

export const user_page_schema = object({
  data: { type: 'array', items: user_schema },
  next_cursor: { type: 'string', nullable: true },
});
