import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import { CurrentUser, type User } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ChangeUserBody, NewUserBody, ResetPasswordBody, UserPageQuery } from './auth.dto.js';
import { UserPage, User as UserSchema, UserWithPassword } from './auth.schemas.js';
import { Permit } from './permit.js';
import { Users } from './users.js';
import { GetUser, ListUsers } from './users.queries.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Makes a user with a role in all ledgers, or in one; without a password one is generated',
  })
  @ApiCreatedResponse({ schema: openApi(UserWithPassword) })
  @ApiProblems('malformed_json', 'user_exists', 'validation')
  create(@CurrentUser() actor: User, @Body() body: NewUserBody): Promise<UserWithPassword> {
    return this.users.create(actor.username, body);
  }

  @Get()
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'listUsers', summary: 'Users by name, with roles and locks' })
  @ApiOkResponse({ schema: openApi(UserPage) })
  @ApiProblems('invalid_parameter')
  list(@Query() { limit, cursor }: UserPageQuery): Promise<UserPage> {
    return this.queries.execute(new ListUsers({ limit: limit === undefined ? undefined : Number(limit), cursor }));
  }

  @Get(':username')
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'getUser', summary: 'A user, with roles and lock' })
  @ApiOkResponse({ schema: openApi(UserSchema) })
  @ApiProblems('unknown_user')
  get(@Param('username') username: string): Promise<UserSchema> {
    return this.queries.execute(new GetUser(username));
  }

  @Patch(':username')
  @Permit('changes_identity')
  @ApiOperation({
    operationId: 'changeUser',
    summary: 'Changes a role or activity; every token of the user is void then',
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
  @ApiOperation({ operationId: 'unlockUser', summary: 'Forgets failed sign-ins, so that the user may try again' })
  @ApiOkResponse({ schema: openApi(UserSchema) })
  @ApiProblems('unknown_user')
  unlock(@CurrentUser() actor: User, @Param('username') username: string): Promise<UserSchema> {
    return this.users.unlock(actor.username, username);
  }

  @Post(':username/reset-password')
  @Permit('changes_identity')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resetPassword',
    summary:
      'Sets a password, or generates one, that is good for 24 hours and one change; every token of the user is void then',
  })
  @ApiOkResponse({ schema: openApi(UserWithPassword) })
  @ApiProblems('malformed_json', 'unknown_user', 'managed_by_issuer', 'validation')
  resetPassword(
    @CurrentUser() actor: User,
    @Param('username') username: string,
    @Body() { password }: ResetPasswordBody,
  ): Promise<UserWithPassword> {
    return this.users.resetPassword(actor.username, username, password);
  }
}
