import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ALL_LEDGERS } from '../../../libs/identity/tables.js';
import { Addresses } from '../http/address.js';
import { AnsweredRequests } from '../http/answered-requests.js';
import { Limits } from '../http/limits.js';
import { ApiIdempotencyKey, ApiProblems } from '../http/openapi.js';
import {
  type ApiRequest,
  CurrentPrincipal,
  CurrentUser,
  type Principal,
  requestKeyOf,
  type User,
} from '../http/request.js';
import { anything, openApi } from '../http/schema.js';
import { ApiTable } from '../queries/api-answer.js';
import { FormatParameters } from '../queries/parameters.js';
import { Token } from './auth.schemas.js';
import { DeviceTokens } from './device-tokens.js';
import { CodeBody, NewPasskeyBody, ReauthenticationBody, SecondFactorBody } from './factors.dto.js';
import { EnrolledFactor, Factors, NewTotp, RecoveryCodes } from './factors.schemas.js';
import { originOf } from './origin.js';
import { Passkeys } from './passkeys.js';
import { Permit } from './permit.js';
import { SecondFactors } from './second-factors.js';
import { PASSWORD_PROBLEMS, SignIn } from './sign-in.js';
import { Tokens } from './tokens.js';

@ApiTags('second factors')
@ApiBearerAuth()
@Controller()
export class FactorsController {
  constructor(
    private readonly factors: SecondFactors,
    private readonly passkeys: Passkeys,
    private readonly signIn: SignIn,
    private readonly requests: AnsweredRequests,
    private readonly tokens: Tokens,
    private readonly devices: DeviceTokens,
    private readonly addresses: Addresses,
    private readonly limits: Limits,
  ) {}

  @Post('auth/second-factor')
  @Permit('signs_in')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'giveSecondFactor',
    summary: 'Completes a sign-in with the second factor, a code or a passkey, for an access token',
    description:
      'With the token of a sign-in whose `next_step` is `second_factor`, within five minutes. That token is good for one right code, and each code for one sign-in.',
  })
  @ApiOkResponse({ schema: openApi(Token) })
  @ApiProblems('malformed_json', 'wrong_factor', 'validation', 'account_locked')
  async giveSecondFactor(
    @Req() request: ApiRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() { code = '', passkey }: SecondFactorBody,
  ): Promise<Token> {
    const session = await this.factors.finishSignIn(principal, passkey ?? code, originOf(request, this.addresses));
    return this.tokens.grant(session);
  }

  @Post('auth/reauthenticate')
  @Permit('reauthenticates')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'reauthenticate',
    summary: 'Confirms password and second factor again, which changes of factors, passwords and roles ask for',
    description: 'Who signs in by an identity provider signs in again instead.',
  })
  @ApiNoContentResponse({ description: 'This session may change them for the next five minutes.' })
  @ApiProblems(...PASSWORD_PROBLEMS, 'wrong_password', 'wrong_factor', 'managed_by_issuer')
  async reauthenticate(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentPrincipal() principal: Principal,
    @Body() { password, code = '', passkey }: ReauthenticationBody,
  ) {
    const origin = originOf(request, this.addresses);
    const device = this.devices.deviceOf(request.headers, principal.username);
    await this.limits.takeSignIn(principal.username, device ?? origin.address, request, reply);
    await this.signIn.confirm(principal.username, password, origin, device);
    await this.factors.reauthenticate(principal, passkey ?? code, origin);
  }

  @Get('auth/factors')
  @Permit('own_factors')
  @ApiOperation({
    operationId: 'listFactors',
    summary: 'Lists your second factors, and how many recovery codes are left',
  })
  @ApiTable('listFactors', Factors)
  @ApiProblems('invalid_parameter')
  list(@CurrentPrincipal() { username }: Principal, @Query() _: FormatParameters): Promise<Factors> {
    return this.factors.list(username);
  }

  @Post('auth/factors/totp')
  @Permit('enrols_factors')
  @ApiOperation({
    operationId: 'beginTotp',
    summary: 'Starts the enrolment of an authenticator app: secret, URI and QR code',
    description:
      'It is a factor once a code of it is confirmed, within 15 minutes. Asked again, the seed before is void.',
  })
  @ApiCreatedResponse({ schema: openApi(NewTotp) })
  beginTotp(@CurrentPrincipal() { username }: Principal): Promise<NewTotp> {
    return this.factors.beginTotp(username);
  }

  @Post('auth/factors/totp/confirm')
  @Permit('enrols_factors')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmTotp',
    summary:
      'Confirms an authenticator app by a code; it replaces the one before, and all your sessions end but the one in the answer',
  })
  @ApiOkResponse({ schema: openApi(EnrolledFactor) })
  @ApiProblems('malformed_json', 'wrong_factor', 'validation', 'account_locked')
  async confirmTotp(
    @Req() request: ApiRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() { code }: CodeBody,
  ): Promise<EnrolledFactor> {
    const origin = originOf(request, this.addresses);
    const { recovery_codes, session } = await this.factors.confirmTotp(principal, code, origin);
    return { recovery_codes, ...this.tokens.grant(session) };
  }

  @Post('auth/factors/passkeys/challenge')
  @Permit('gives_factor')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'challengePasskey',
    summary:
      'Starts the use of a passkey: options for navigator.credentials.get(), good for five minutes and one answer',
  })
  @ApiOkResponse({ schema: openApi(anything) })
  challenge(@CurrentPrincipal() principal: Principal) {
    return this.passkeys.assertion(principal);
  }

  @Post('auth/factors/passkeys')
  @Permit('enrols_factors')
  @ApiOperation({
    operationId: 'beginPasskey',
    summary:
      'Starts the enrolment of a passkey: options for navigator.credentials.create(), good for five minutes and one answer',
  })
  @ApiCreatedResponse({ schema: openApi(anything) })
  @ApiProblems('too_many_factors')
  beginPasskey(@CurrentPrincipal() principal: Principal) {
    return this.passkeys.registration(principal);
  }

  @Post('auth/factors/passkeys/confirm')
  @Permit('enrols_factors')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'confirmPasskey',
    summary: 'Adds a passkey; all your sessions end but the one in the answer',
  })
  @ApiOkResponse({ schema: openApi(EnrolledFactor) })
  @ApiProblems('malformed_json', 'wrong_factor', 'validation', 'account_locked')
  async confirmPasskey(
    @Req() request: ApiRequest,
    @CurrentPrincipal() principal: Principal,
    @Body() { passkey, name }: NewPasskeyBody,
  ): Promise<EnrolledFactor> {
    const origin = originOf(request, this.addresses);
    const { recovery_codes, session } = await this.factors.addPasskey(principal, passkey, name, origin);
    return { recovery_codes, ...this.tokens.grant(session) };
  }

  @Post('auth/factors/recovery-codes')
  @Permit('changes_factors')
  @ApiOperation({ operationId: 'makeRecoveryCodes', summary: 'Creates ten recovery codes and revokes those before' })
  @ApiIdempotencyKey()
  @ApiCreatedResponse({ schema: openApi(RecoveryCodes) })
  @ApiProblems('unknown_record')
  makeRecoveryCodes(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @CurrentPrincipal() { username }: Principal,
  ): Promise<RecoveryCodes> {
    return this.requests.once(
      ALL_LEDGERS,
      requestKeyOf(request, username),
      async (trx) => ({
        recovery_codes: await this.factors.newRecoveryCodes(trx, username),
      }),
      reply,
    );
  }

  @Delete('auth/factors/:id')
  @Permit('changes_factors')
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeFactor', summary: 'Removes a second factor; all your other sessions end' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems('unknown_record', 'last_factor')
  remove(@CurrentPrincipal() principal: Principal, @Param('id') factor_id: string) {
    return this.factors.remove(principal, factor_id);
  }

  @Delete('users/:username/factors')
  @Permit('changes_identity')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'resetFactors',
    summary:
      'Removes all second factors of a user who has lost them; keeps the password and ends all sessions of the user',
  })
  @ApiNoContentResponse({ description: 'The user has no second factor.' })
  @ApiProblems('unknown_user', 'second_admin_required')
  reset(@CurrentUser() actor: User, @Param('username') username: string) {
    return this.factors.reset(actor.username, username);
  }
}
