import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import { CurrentUser, type User } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ApiKeys } from './api-keys.js';
import { NewApiKeyBody } from './auth.dto.js';
import { ApiKeys as ApiKeysSchema, NewApiKey } from './auth.schemas.js';
import { Permit } from './permit.js';

@ApiTags('api-keys')
@ApiBearerAuth()
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Makes a key for a machine, with a role in all ledgers or in one',
    description:
      'A machine sends it as `Authorization: Bearer flk_…`. What it does is recorded as done by `key/NAME`; keys of one name are one actor, so that a new key can replace an old one.',
  })
  @ApiCreatedResponse({ schema: openApi(NewApiKey) })
  @ApiProblems('malformed_json', 'validation')
  create(@CurrentUser() actor: User, @Body() body: NewApiKeyBody): Promise<NewApiKey> {
    return this.keys.create(actor.username, body);
  }

  @Get()
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'Keys that hold, the oldest first' })
  @ApiOkResponse({ schema: openApi(ApiKeysSchema) })
  async list(): Promise<ApiKeysSchema> {
    return { data: await this.keys.list() };
  }

  @Delete(':id')
  @Permit('runs_identity')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revokes a key; it is refused from now on' })
  @ApiNoContentResponse({ description: 'The key is void.' })
  @ApiProblems('unknown_record')
  revoke(@CurrentUser() actor: User, @Param('id') key_id: string) {
    return this.keys.revoke(actor.username, key_id);
  }
}
