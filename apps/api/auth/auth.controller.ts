import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Addresses } from '../http/address.js';
import { Limits } from '../http/limits.js';
import { ApiProblems } from '../http/openapi.js';
import { type ApiRequest, CurrentPrincipal, type Principal } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ChangePasswordBody, LoginBody } from './auth.dto.js';
import { Me, rolesShown, SignedIn } from './auth.schemas.js';
import { DEVICE_HEADER, DeviceTokens, deviceCookie } from './device-tokens.js';
import { originOf } from './origin.js';
import { Permit } from './permit.js';
import { SecondFactors } from './second-factors.js';
import { Sessions } from './sessions.js';
import { PASSWORD_PROBLEMS, SignIn } from './sign-in.js';
import { Tokens } from './tokens.js';
import { Users } from './users.js';

const KnownDevice = () =>
  ApiHeader({
    name: DEVICE_HEADER,
    required: false,
    schema: { type: 'string', maxLength: 1000 },
    description:
      'device_token of an earlier sign-in: guesses of others do not lock this device out. Browsers send it as a cookie',
  });

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly sessions: Sessions,
    private readonly addresses: Addresses,
    private readonly devices: DeviceTokens,
    private readonly limits: Limits,
    private readonly factors: SecondFactors,
  ) {}

  @Post('login')
  @Permit('public')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'login',
    summary: 'Signs in with username and password, for an access token',
    description:
      'With a `next_step` the session is for one thing. `second_factor`: give a code at POST /auth/second-factor within five minutes. `new_password`: another one set the password, so change it at POST /auth/password within 15 minutes, and sign in with the new one. `enrol_factor`: your role needs a second factor, so enrol one at POST /auth/factors/totp within 15 minutes.',
  })
  @ApiOkResponse({ schema: openApi(SignedIn) })
  @KnownDevice()
  @ApiProblems(...PASSWORD_PROBLEMS, 'invalid_credentials')
  async login(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { username, password }: LoginBody,
  ): Promise<SignedIn> {
    const device = this.devices.deviceOf(request.headers, username);
    const origin = originOf(request, this.addresses);
    await this.limits.takeSignIn(username, device ?? origin.address, request, reply);
    const session = await this.signIn.begin(username, password, origin, device);
    this.limits.giveBackAnonymous(request);
    const device_token = this.devices.issue(username, device);
    reply.header('set-cookie', deviceCookie(device_token));
    const token = { ...this.tokens.grant(session), device_token };
    if (session.step !== 'second_factor') return token;
    return { ...token, second_factors: await this.factors.kindsOf(username) };
  }

  @Post('logout')
  @Permit('signs_out')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'logout', summary: 'Signs out: ends this session' })
  @ApiNoContentResponse({ description: 'The token is void.' })
  logout(@CurrentPrincipal() { username, session_id = '' }: Principal) {
    return this.sessions.end(username, username, session_id);
  }

  @Post('password')
  @Permit('changes_password')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'changePassword', summary: 'Changes your password and ends all your sessions' })
  @ApiNoContentResponse({ description: 'Sign in with the new password.' })
  @KnownDevice()
  @ApiProblems(...PASSWORD_PROBLEMS, 'wrong_password', 'managed_by_issuer')
  async changePassword(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentPrincipal() { username }: Principal,
    @Body() { current_password, new_password }: ChangePasswordBody,
  ) {
    const device = this.devices.deviceOf(request.headers, username);
    const origin = originOf(request, this.addresses);
    await this.limits.takeSignIn(username, device ?? origin.address, request, reply);
    await this.signIn.confirm(username, current_password, origin, device);
    await this.users.changePassword(username, new_password);
  }

  @Get('me')
  @Permit('oneself')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'whoAmI', summary: 'Shows the signed-in user, with roles by ledger' })
  @ApiOkResponse({ schema: openApi(Me) })
  me(@CurrentPrincipal() { username, roles }: Principal): Me {
    return { username, ...rolesShown(roles) };
  }
}
