import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';
import { CurrentPrincipal, CurrentUser, type Principal, type User } from '../http/request.js';
import { ApiTable } from '../queries/api-answer.js';
import { FormatParameters } from '../queries/parameters.js';
import { Sessions as SessionsSchema } from './auth.schemas.js';
import { Permit } from './permit.js';
import { Sessions } from './sessions.js';
import { Users } from './users.js';

@ApiTags('sessions')
@ApiBearerAuth()
@Controller()
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly users: Users,
  ) {}

  @Get('auth/sessions')
  @Permit('own_sessions')
  @ApiOperation({ operationId: 'listSessions', summary: 'Lists your sessions, the newest first' })
  @ApiTable('listSessions', SessionsSchema)
  @ApiProblems('invalid_parameter')
  async list(
    @CurrentPrincipal() { username, session_id }: Principal,
    @Query() _: FormatParameters,
  ): Promise<SessionsSchema> {
    const sessions = await this.sessions.list(username);
    return { data: sessions.map((session) => ({ ...session, current: session.session_id === session_id })) };
  }

  @Delete('auth/sessions')
  @Permit('own_sessions')
  @HttpCode(204)
  @ApiOperation({ operationId: 'endOtherSessions', summary: 'Ends all your sessions but this one' })
  @ApiNoContentResponse({ description: 'Their tokens are void.' })
  endOthers(@CurrentPrincipal() { username, session_id }: Principal) {
    return this.sessions.endAll(username, username, session_id);
  }

  @Delete('auth/sessions/:id')
  @Permit('own_sessions')
  @HttpCode(204)
  @ApiOperation({ operationId: 'endSession', summary: 'Ends one of your sessions' })
  @ApiNoContentResponse({ description: 'Its token is void.' })
  @ApiProblems('unknown_record')
  end(@CurrentPrincipal() { username }: Principal, @Param('id') session_id: string) {
    return this.sessions.end(username, username, session_id);
  }

  @Get('users/:username/sessions')
  @Permit('runs_identity')
  @ApiOperation({ operationId: 'listSessionsOfUser', summary: 'Lists the sessions of a user, the newest first' })
  @ApiTable('listSessionsOfUser', SessionsSchema)
  @ApiProblems('invalid_parameter', 'unknown_user')
  async listOf(@Param('username') username: string, @Query() _: FormatParameters): Promise<SessionsSchema> {
    await this.users.get(username);
    return { data: await this.sessions.list(username) };
  }

  @Delete('users/:username/sessions')
  @Permit('runs_identity')
  @HttpCode(204)
  @ApiOperation({ operationId: 'endSessionsOfUser', summary: 'Ends all sessions of a user' })
  @ApiNoContentResponse({ description: 'Every token of the user is void.' })
  @ApiProblems('unknown_user')
  async endAllOf(@CurrentUser() actor: User, @Param('username') username: string) {
    await this.users.get(username);
    await this.sessions.endAll(actor.username, username);
  }

  @Delete('users/:username/sessions/:id')
  @Permit('runs_identity')
  @HttpCode(204)
  @ApiOperation({ operationId: 'endSessionOfUser', summary: 'Ends a session of a user' })
  @ApiNoContentResponse({ description: 'Its token is void.' })
  @ApiProblems('unknown_user', 'unknown_record')
  async endOf(@CurrentUser() actor: User, @Param('username') username: string, @Param('id') session_id: string) {
    await this.users.get(username);
    await this.sessions.end(actor.username, username, session_id);
  }
}
