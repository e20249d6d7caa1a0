import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches, ValidateIf } from 'class-validator';
import { Password } from './auth.dto.js';

const Code = (required: boolean) =>
  applyDecorators(
    ApiProperty({
      type: String,
      required,
      maxLength: 64,
      example: '492039',
      description: 'Six digits of the app, or a recovery code.',
    }),
    ...(required ? [] : [ValidateIf((_, value) => value !== undefined)]),
    Matches(/^[\x20-\x7e]{1,64}$/, { message: 'must be text of 1 to 64 characters' }),
  );

export class CodeBody {
  @Code(true)
  code!: string;
}

export class ReauthenticationBody {
  @Password(1)
  password!: string;

  @Code(false)
  code?: string;
}
