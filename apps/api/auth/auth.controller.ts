import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Addresses } from '../http/address.js';
import { ApiProblems } from '../http/openapi.js';
import { type ApiRequest, type Principal, ThePrincipal } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { ChangePasswordBody, LoginBody } from './auth.dto.js';
import { Me, rolesShown, Token } from './auth.schemas.js';
import { Permit } from './permit.js';
import { SignIn } from './sign-in.js';
import { EXPIRES_IN_S, Tokens } from './tokens.js';
import { Users } from './users.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly addresses: Addresses,
  ) {}

  @Post('login')
  @Permit('public')
  @HttpCode(200)
  @ApiOperation({ operationId: 'login', summary: 'Name and password for a token of 24 hours' })
  @ApiOkResponse({ schema: openApi(Token) })
  @ApiProblems(
    'malformed_json',
    'invalid_credentials',
    'validation',
    'account_locked',
    'too_many_requests',
    'overloaded',
  )
  async login(@Req() request: ApiRequest, @Body() { username, password }: LoginBody): Promise<Token> {
    const address = this.addresses.of(request.raw);
    const access_token = this.tokens.issue(await this.signIn.check(username, password, address, 'invalid_credentials'));
    return { access_token, token_type: 'bearer', expires_in: EXPIRES_IN_S };
  }

  @Post('logout')
  @Permit('oneself')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'logout', summary: 'Takes this token back' })
  @ApiNoContentResponse({ description: 'The token is void.' })
  logout(@Req() request: ApiRequest) {
    return this.tokens.revoke(request);
  }

  @Post('password')
  @Permit('oneself')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'changePassword', summary: 'Changes your password; every token of yours is void then' })
  @ApiNoContentResponse({ description: 'Sign in with the new password.' })
  @ApiProblems('malformed_json', 'wrong_password', 'validation', 'account_locked', 'too_many_requests', 'overloaded')
  async changePassword(
    @Req() request: ApiRequest,
    @ThePrincipal() { username }: Principal,
    @Body() { current_password, new_password }: ChangePasswordBody,
  ) {
    await this.signIn.check(username, current_password, this.addresses.of(request.raw), 'wrong_password');
    await this.users.setPassword(username, username, new_password, 'new_password');
  }

  @Get('me')
  @Permit('oneself')
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'whoAmI', summary: 'Who you are' })
  @ApiOkResponse({ schema: openApi(Me) })
  me(@ThePrincipal() { username, roles }: Principal): Me {
    return { username, ...rolesShown(roles) };
  }
}
