import {
  Body,
  type CanActivate,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  ApiConsumes,
  ApiFoundResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Addresses } from '../../http/address.js';
import { Limits } from '../../http/limits.js';
import { ApiProblems } from '../../http/openapi.js';
import { invalidParameters, Problem } from '../../http/problem.js';
import type { ApiRequest } from '../../http/request.js';
import { AddRouteConfig } from '../../http/route-config.js';
import { openApi } from '../../http/schema.js';
import { SecurityNotes } from '../../http/security-notes.js';
import { originOf } from '../origin.js';
import { Permit } from '../permit.js';
import type { Session } from '../sessions.js';
import { Tokens } from '../tokens.js';
import { BeginQuery, LogoutBody, SignedOn, TakeOverBody } from './oidc.dto.js';
import { NO_FLOW_COOKIE, SingleSignOn } from './single-sign-on.js';

/** Provided as undefined where no issuer is set. */
export const SINGLE_SIGN_ON = Symbol('single sign-on');

const LOCATION = { Location: { description: 'where to', schema: { type: 'string' as const, format: 'uri' } } };

@Injectable()
export class WhereConfigured implements CanActivate {
  constructor(@Inject(SINGLE_SIGN_ON) private readonly single_sign_on: SingleSignOn | undefined) {}

  canActivate(): boolean {
    if (this.single_sign_on === undefined) throw new Problem('unknown_route');
    return true;
  }
}

@ApiTags('auth')
@UseGuards(WhereConfigured)
@Controller('auth/oidc')
export class OidcController {
  constructor(
    @Inject(SINGLE_SIGN_ON) private readonly single_sign_on: SingleSignOn,
    private readonly tokens: Tokens,
    private readonly addresses: Addresses,
    private readonly notes: SecurityNotes,
    private readonly limits: Limits,
  ) {}

  @Get('start')
  @Permit('public')
  @ApiOperation({
    operationId: 'beginSingleSignOn',
    summary: 'Starts single sign-on: redirects the browser to the identity provider',
    description: 'For navigation, not for fetch. 404 where no identity provider is set.',
  })
  @ApiFoundResponse({ description: 'The sign-in page of the identity provider.', headers: LOCATION })
  @ApiProblems('invalid_parameter', 'unknown_route', 'rate_limited', 'issuer_unavailable')
  async begin(@Res({ passthrough: true }) reply: FastifyReply, @Query() { return_to, code_challenge }: BeginQuery) {
    if (return_to !== undefined && !this.single_sign_on.mayReturnTo(return_to))
      throw invalidParameters([{ path: 'return_to', message: 'must be a page of PUBLIC_URL or CORS_ORIGINS' }]);
    const page = return_to !== undefined && code_challenge !== undefined ? { return_to, code_challenge } : undefined;
    const { location, cookie } = await this.single_sign_on.begin(page);
    reply.status(302).headers({ location, 'set-cookie': cookie });
  }

  @Get('callback')
  @Permit('public')
  @ApiOperation({
    operationId: 'finishSingleSignOn',
    summary: 'Completes single sign-on: the redirect URI for the identity provider',
    description: 'Answers with the token, or sends the browser on to the `return_to` of the start.',
  })
  @ApiOkResponse({ schema: openApi(SignedOn) })
  @ApiResponse({ status: 303, description: 'To return_to, with `?code=…`.', headers: LOCATION })
  @ApiProblems(
    'sign_in_failed',
    'no_access',
    'sign_in_too_weak',
    'unknown_route',
    'rate_limited',
    'issuer_unavailable',
    'unavailable',
  )
  async finish(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedOn | undefined> {
    const { url, headers } = request;
    const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
    const finished = this.single_sign_on.finish(query, headers, originOf(request, this.addresses));
    const { session, location } = await finished.catch((error: unknown) => this.refuse(error, request));
    reply.headers(NO_FLOW_COOKIE);
    // Neither the start nor this.
    this.limits.giveBackAnonymous(request);
    this.limits.giveBackAnonymous(request);
    if (location === undefined) return this.answer(session);
    reply.status(303).headers({ location });
    return undefined;
  }

  @Post('token')
  @Permit('public')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'takeOverSignOn',
    summary: 'Exchanges the one-time code of a single sign-on for an access token, within a minute',
  })
  @ApiOkResponse({ schema: openApi(SignedOn) })
  @ApiProblems('sign_in_failed', 'validation', 'unknown_route', 'rate_limited', 'unavailable')
  async exchangeCode(@Req() request: ApiRequest, @Body() { code, code_verifier }: TakeOverBody): Promise<SignedOn> {
    const taken = this.single_sign_on.exchangeCode(code, code_verifier);
    const session = await taken.catch((error: unknown) => this.refuse(error, request));
    this.limits.giveBackAnonymous(request);
    return this.answer(session);
  }

  @Post('backchannel-logout')
  @Permit('public')
  @AddRouteConfig({ form: true })
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSignOn',
    summary: 'Back-channel logout: the identity provider ends one session, or all of a user',
    description: 'OpenID Connect Back-Channel Logout 1.0.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiNoContentResponse({ description: 'They have ended, here at once and in other instances within a second.' })
  @ApiProblems(
    'invalid_logout_token',
    'validation',
    'unknown_route',
    'rate_limited',
    'issuer_unavailable',
    'unavailable',
  )
  async logOut(@Req() request: ApiRequest, @Body() { logout_token }: LogoutBody): Promise<void> {
    await this.single_sign_on.logOut(logout_token).catch((error: unknown) => this.refuse(error, request));
    // The issuer has one address for all its users.
    this.limits.giveBackAnonymous(request);
  }

  private answer(session: Session): SignedOn {
    return {
      access_token: this.tokens.issue(session),
      token_type: 'bearer',
      expires_in: Math.floor((session.expires_at_ms - Date.now()) / 1000),
      username: session.username,
    };
  }

  /** Anybody can make these fail, so they are counted. */
  private refuse(error: unknown, { method, routeOptions, raw }: ApiRequest): never {
    if (!(error instanceof Problem)) throw error;
    if (error.status < 500)
      this.notes.countRefusal({
        status: error.status,
        route: `${method} ${routeOptions.url}`,
        address: this.addresses.of(raw),
      });
    throw routeOptions.url?.endsWith('/callback') ? withHeaders(error) : error;
  }
}

/** A flow that failed is over. */
function withHeaders(problem: Problem): Problem {
  Object.assign(problem.headers, NO_FLOW_COOKIE);
  return problem;
}
