import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { AnsweredRequests } from '../http/answered-requests.js';
import { ApiIdempotencyKey, ApiProblems } from '../http/openapi.js';
import { type ApiRequest, CurrentUser, requestKeyOf, type User } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';
import { FormatParameters } from '../queries/parameters.js';
import { ApiKeys } from './api-keys.js';
import { NewApiKeyBody } from './auth.dto.js';
import { ApiKeys as ApiKeysSchema, NewApiKey } from './auth.schemas.js';
import { Permit } from './permit.js';

@ApiTags('api-keys')
@ApiBearerAuth()
@Controller('api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly requests: AnsweredRequests,
  ) {}

  @Post()
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Creates an API key for a machine, with a role in all ledgers or in one',
    description:
      'A machine sends it as `Authorization: Bearer flk_…`. What it does is recorded as done by `key/NAME`; keys of one name are one actor, so that a new key can replace an old one.',
  })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ schema: openApi(NewApiKey) })
  @ApiProblems('malformed_json', 'validation')
  async create(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() { username: actor }: User,
    @Body() body: NewApiKeyBody,
  ): Promise<NewApiKey> {
    const made = await this.requests.once(
      ALL_LEDGERS,
      requestKeyOf(request, actor),
      (trx) => this.keys.create(actor, body, trx),
      reply,
    );
    await this.keys.readAgain();
    return made;
  }

  @Get()
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'listApiKeys', summary: 'Lists the valid API keys, the oldest first' })
  @ApiTable('listApiKeys', ApiKeysSchema)
  @ApiProblems('invalid_parameter')
  async list(@Query() _: FormatParameters): Promise<ApiKeysSchema> {
    return { data: await this.keys.list() };
  }

  @Delete(':id')
  @Permit('runs_identity')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revokes an API key; it is refused from now on' })
  @ApiNoContentResponse({ description: 'The key is void.' })
  @ApiProblems('unknown_record')
  revoke(@CurrentUser() actor: User, @Param('id') key_id: string) {
    return this.keys.revoke(actor.username, key_id);
  }
}
