import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { AnsweredRequests } from '../http/answered-requests.js';
import { ApiIdempotencyKey, ApiProblems } from '../http/openapi.js';
import { type ApiRequest, CurrentUser, requestKeyOf, type User } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';
import { NONE, sortIn } from '../queries/list-fields.js';
import { ChangeUserBody, NewUserBody, ResetPasswordBody, UsersParameters } from './auth.dto.js';
import { UserPage, User as UserSchema, UserWithPassword } from './auth.schemas.js';
import { Permit } from './permit.js';
import { Tokens } from './tokens.js';
import { Users } from './users.js';
import { GetUser, ListUsers } from './users.queries.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly requests: AnsweredRequests,
    private readonly tokens: Tokens,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Creates a user with a role in all ledgers, or in one; without a password one is generated',
  })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ schema: openApi(UserWithPassword) })
  @ApiProblems('malformed_json', 'user_exists', 'validation')
  create(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() { username: actor }: User,
    @Body() body: NewUserBody,
  ): Promise<UserWithPassword> {
    return this.requests.once(
      ALL_LEDGERS,
      requestKeyOf(request, actor),
      (trx) => this.users.create(actor, body, trx),
      reply,
    );
  }

  @Get()
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'listUsers', summary: 'Lists users by name, with roles and locks' })
  @ApiTable('listUsers', UserPage)
  @ApiProblems('invalid_parameter')
  list(@Query() { limit, cursor, sort, ...parameters }: UsersParameters): Promise<UserPage> {
    const { q, role, ledger_id, active, single_sign_on, created_by } = parameters;
    const flag = (given: string | undefined) => (given === undefined ? undefined : given === 'true');
    const filter = {
      ...{ q, role: role === NONE ? null : role, ledger_id, created_by },
      ...{ active: flag(active), single_sign_on: flag(single_sign_on) },
    };
    const order = sortIn(sort, { username: 'username', created_at: 'created_at' } as const);
    return this.queries.execute(new ListUsers(filter, { limit, cursor, sort: order }));
  }

  @Get(':username')
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'getUser', summary: 'Gets a user, with roles and lock' })
  @ApiOkResponse({ schema: openApi(UserSchema) })
  @ApiProblems('unknown_user')
  get(@Param('username') username: string): Promise<UserSchema> {
    return this.queries.execute(new GetUser(username));
  }

  @Patch(':username')
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'changeUser',
    summary: 'Changes a role of a user, or deactivates the user; revokes all their tokens',
  })
  @ApiOkResponse({ schema: openApi(UserSchema) })
  @ApiProblems('malformed_json', 'unknown_user', 'managed_by_issuer', 'last_admin', 'validation')
  change(
    @CurrentUser() actor: User,
    @Param('username') username: string,
    @Body() body: ChangeUserBody,
  ): Promise<UserSchema> {
    return this.users.change(actor.username, username, body);
  }

  @Post(':username/unlock')
  @Permit('runs_identity')
  @HttpCode(200)
  @ApiIdempotencyKey()
  @ApiOperation({ operationId: 'unlockUser', summary: 'Unlocks a user after failed sign-ins' })
  @ApiOkResponse({ schema: openApi(UserSchema) })
  @ApiProblems('unknown_user')
  unlock(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() { username: actor }: User,
    @Param('username') username: string,
  ): Promise<UserSchema> {
    return this.requests.once(
      ALL_LEDGERS,
      requestKeyOf(request, actor),
      (trx) => this.users.unlock(actor, username, trx),
      reply,
    );
  }

  @Post(':username/reset-password')
  @Permit('changes_identity')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Sets or generates a temporary password, good for 24 hours and one change; revokes all tokens of the user',
  })
  @ApiIdempotencyKey()
  @ApiOkResponse({ schema: openApi(UserWithPassword) })
  @ApiProblems('malformed_json', 'unknown_user', 'managed_by_issuer', 'validation')
  async resetPassword(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentUser() { username: actor }: User,
    @Param('username') username: string,
    @Body() { password }: ResetPasswordBody,
  ): Promise<UserWithPassword> {
    const reset = await this.requests.once(
      ALL_LEDGERS,
      requestKeyOf(request, actor),
      (trx) => this.users.resetPassword(actor, username, password, trx),
      reply,
    );
    this.tokens.forget(username);
    return reset;
  }
}
