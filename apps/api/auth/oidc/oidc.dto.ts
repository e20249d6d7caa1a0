import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches, ValidateIf } from 'class-validator';
import Type, { type Static } from 'typebox';
import { words } from '../../http/schema.js';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const COMPACT = /^[A-Za-z0-9_.-]{1,16000}$/;
const URL_LENGTH_MAX = 500;

const together = (query: BeginQuery) => query.return_to !== undefined || query.code_challenge !== undefined;

export class BeginQuery {
  @ApiPropertyOptional({
    type: String,
    maxLength: URL_LENGTH_MAX,
    example: 'https://shop.example/signed-in',
    description:
      'A page of PUBLIC_URL or of CORS_ORIGINS, which gets `?code=…` for POST /auth/oidc/token. Without it the callback answers with the token.',
  })
  @ValidateIf(together)
  @Matches(/^https?:\/\/[\x21-\x7e]{1,490}$/, { message: 'must be the URL of a page' })
  return_to?: string;

  @ApiPropertyOptional({
    type: String,
    pattern: CHALLENGE.source,
    description: 'With return_to: base64url of the SHA-256 of the code_verifier that the page keeps.',
  })
  @ValidateIf(together)
  @Matches(CHALLENGE, { message: 'must be a SHA-256 as base64url' })
  code_challenge?: string;
}

export class TakeOverBody {
  @ApiProperty({ type: String, description: 'from the address of the page', example: 'Y29kZSBvZiB0aGUgcGFnZQ' })
  @Matches(COMPACT, { message: 'must be the code of the address' })
  code!: string;

  @ApiProperty({
    type: String,
    pattern: VERIFIER.source,
    example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  })
  @Matches(VERIFIER, { message: 'must be 43 to 128 of A-Z, a-z, 0-9, dot, dash, underscore and tilde' })
  code_verifier!: string;
}

export class LogoutBody {
  @ApiProperty({ type: String, example: 'eyJhbGciOiJSUzI1NiJ9.eyJzaWQiOiI4MSJ9.c2lnbmF0dXJl' })
  @Matches(COMPACT, { message: 'must be a signed token' })
  logout_token!: string;
}

export const SignedOn = Type.Object({
  access_token: Type.String({ example: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl' }),
  token_type: words('bearer'),
  expires_in: Type.Integer({ description: 'seconds', example: 86_400 }),
  username: Type.String({ example: 'ann' }),
});
export type SignedOn = Static<typeof SignedOn>;
