import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, Matches, ValidateIf } from 'class-validator';
import { AsSent } from '../http/validation.js';
import { Password } from './auth.dto.js';

interface Either {
  code?: unknown;
  passkey?: unknown;
}

const Code = (required: (body: Either) => boolean, in_document = false) =>
  applyDecorators(
    ApiProperty({
      type: String,
      required: in_document,
      maxLength: 64,
      example: '492039',
      description: 'Six digits of the app, or a recovery code.',
    }),
    ValidateIf((body, value) => required(body) || value !== undefined),
    Matches(/^[\x20-\x7e]{1,64}$/, { message: 'must be text of 1 to 64 characters' }),
  );

const Passkey = () =>
  applyDecorators(
    ApiPropertyOptional({
      type: 'object',
      additionalProperties: true,
      description: 'Instead of a code: what navigator.credentials.get() answers, as JSON.',
    }),
    ValidateIf((_, value) => value !== undefined),
    IsObject({ message: 'must be an object' }),
    AsSent(),
  );

export class CodeBody {
  @Code(() => true, true)
  code!: string;
}

export class SecondFactorBody {
  @Code(({ passkey }) => passkey === undefined)
  code?: string;

  @Passkey()
  passkey?: object;
}

export class NewPasskeyBody {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What navigator.credentials.create() answers, as JSON.',
  })
  @IsObject({ message: 'must be an object' })
  @AsSent()
  passkey!: object;

  @ApiProperty({ type: String, maxLength: 64, example: 'key on my ring' })
  @Matches(/^[^\p{Cc}]{1,64}$/u, { message: 'must be text of 1 to 64 characters' })
  name!: string;
}

export class ReauthenticationBody {
  @Password(1)
  password!: string;

  @Code(() => false)
  code?: string;

  @Passkey()
  passkey?: object;
}
