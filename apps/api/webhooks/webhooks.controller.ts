import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Permit } from '../auth/permit.js';
import { ApiProblems } from '../http/openapi.js';
import {
  type ApiRequest,
  CurrentLedger,
  CurrentUser,
  envelopeOf,
  flagOf,
  ledgerOf,
  type User,
} from '../http/request.js';
import { ApiLedger, ApiWebhook, ApiWebhooks } from './api-webhook.js';
import {
  Attempt,
  AttemptPage,
  AttemptsParameters,
  ChangeWebhookBody,
  NewWebhook,
  NewWebhookBody,
  ReplayBody,
  RotateSecretBody,
  Webhook,
  WebhookPage,
  WebhooksParameters,
} from './webhooks.dto.js';
import { Webhooks } from './webhooks.js';

const VALID_HOURS = 24;

@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: Webhooks) {}

  @Post()
  @Permit('changes_webhooks')
  @ApiWebhook(
    'createWebhook',
    'Creates a webhook: the events of the ledger are sent to a URL from now on, signed, in order, at least once',
    {
      status: 201,
      schema: NewWebhook,
      problems: ['url_refused', 'too_many_webhooks', 'validation'],
    },
  )
  create(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: NewWebhookBody,
  ): Promise<NewWebhook> {
    return this.webhooks.create(ledgerOf(request), envelopeOf(request), body, reply);
  }

  @Get()
  @Permit('audits')
  @ApiWebhooks('listWebhooks', 'Lists the webhooks of the ledger', WebhookPage)
  list(@CurrentLedger() ledger_id: string, @Query() query: WebhooksParameters): Promise<WebhookPage> {
    return this.webhooks.list(ledger_id, query);
  }

  @Get(':id')
  @Permit('audits')
  @ApiWebhook('getWebhook', 'Gets a webhook, with how far it is', {
    schema: Webhook,
    problems: ['unknown_record'],
  })
  get(@CurrentLedger() ledger_id: string, @Param('id') webhook_id: string): Promise<Webhook> {
    return this.webhooks.get(ledger_id, webhook_id);
  }

  @Patch(':id')
  @Permit('changes_webhooks')
  @ApiWebhook(
    'changeWebhook',
    'Changes URL and events of a webhook, or pauses it; made active again it goes on where it was',
    {
      schema: Webhook,
      problems: ['unknown_record', 'url_refused', 'validation'],
    },
  )
  change(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') webhook_id: string,
    @Body() body: ChangeWebhookBody,
  ): Promise<Webhook> {
    return this.webhooks.change(ledgerOf(request), envelopeOf(request), webhook_id, body, reply);
  }

  @Delete(':id')
  @Permit('admin')
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeWebhook', summary: 'Deletes a webhook and its attempts' })
  @ApiLedger()
  @ApiNoContentResponse({ description: 'Nothing is sent there any more.' })
  @ApiProblems('unknown_ledger', 'unknown_record')
  remove(
    @CurrentLedger() ledger_id: string,
    @CurrentUser() { username }: User,
    @Param('id') webhook_id: string,
  ): Promise<void> {
    return this.webhooks.remove(ledger_id, { actor: username }, webhook_id);
  }

  @Post(':id/secret')
  @Permit('changes_webhooks')
  @HttpCode(200)
  @ApiWebhook(
    'rotateWebhookSecret',
    'Rotates the secret; the old one signs as well for a while, so that nothing is refused',
    {
      schema: NewWebhook,
      problems: ['unknown_record', 'validation'],
    },
  )
  rotate(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') webhook_id: string,
    @Body() { valid_hours = VALID_HOURS }: RotateSecretBody,
  ): Promise<NewWebhook> {
    return this.webhooks.rotate(ledgerOf(request), envelopeOf(request), webhook_id, valid_hours, reply);
  }

  @Post(':id/replay')
  @Permit('admin')
  @HttpCode(200)
  @ApiWebhook('replayWebhook', 'Replays the events from a position on', {
    schema: Webhook,
    problems: ['unknown_record', 'validation'],
  })
  replay(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') webhook_id: string,
    @Body() { from_position }: ReplayBody,
  ): Promise<Webhook> {
    return this.webhooks.replay(ledgerOf(request), envelopeOf(request), webhook_id, from_position, reply);
  }

  @Post(':id/test')
  @Permit('admin')
  @HttpCode(200)
  @ApiWebhook('testWebhook', 'Tests a webhook: sends an event of type WebhookTested now, and answers the result', {
    schema: Attempt,
    problems: ['unknown_record', 'overloaded'],
  })
  test(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') webhook_id: string,
  ): Promise<Attempt> {
    return this.webhooks.test(ledgerOf(request), envelopeOf(request), webhook_id, reply);
  }

  @Get(':id/attempts')
  @Permit('audits')
  @ApiWebhooks(
    'listWebhookAttempts',
    'Lists delivery attempts and their answers, the last first; 30 days and 10,000 at most',
    AttemptPage,
    'unknown_record',
  )
  attempts(
    @Req() request: ApiRequest,
    @Param('id') webhook_id: string,
    @Query() { limit, cursor }: AttemptsParameters,
  ): Promise<AttemptPage> {
    const failed = flagOf(request, 'failed');
    return this.webhooks.attempts(ledgerOf(request), webhook_id, { failed, limit, cursor });
  }
}
