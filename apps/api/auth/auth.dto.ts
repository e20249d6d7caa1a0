import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotIn,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { hasLength, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../../../libs/identity/password-rule.js';
import { ROLES, type Role } from '../../../libs/ledger/commands.js';
import { RESERVED_USERNAMES, USERNAME } from '../config.js';
import { OneOf, optional, Pattern, Text } from '../http/fields.js';
import { LEDGER_ID } from '../http/request.js';
import { NONE, Search, SortBy, YesOrNo } from '../queries/list-fields.js';
import { Cursor, FormatParameters, Limit } from '../queries/parameters.js';
import { USER_ORDERS } from './users.js';

const NewUsername = () =>
  applyDecorators(
    ApiProperty({ type: String, pattern: USERNAME.source, example: 'maria' }),
    Matches(USERNAME, { message: 'must be 2 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter' }),
    IsNotIn([...RESERVED_USERNAMES], { message: 'is reserved' }),
  );

const Given = () => ValidateIf((_, value) => value !== undefined);

const NEW_PASSWORD_RULE =
  '422 for all blanks, a common password, the user name, the product’s name and the present password. Composed and decomposed spellings are one.';

/** Which texts are refused depends on the user: `Users` checks that. */
export const Password = (minimum: number, otherwise?: string) =>
  applyDecorators(
    ApiProperty({
      type: String,
      required: otherwise === undefined,
      format: 'password',
      minLength: minimum,
      maxLength: PASSWORD_LENGTH_MAX,
      ...(minimum > 1 && { description: [otherwise, NEW_PASSWORD_RULE].filter(Boolean).join(' ') }),
    }),
    ...(otherwise === undefined ? [] : [Given()]),
    ValidateBy({
      name: 'password',
      validator: {
        validate: (value) => typeof value === 'string' && hasLength(value, minimum),
        defaultMessage: () => `must be text of ${minimum} to ${PASSWORD_LENGTH_MAX} characters`,
      },
    }),
  );

const RoleField = () => IsIn(ROLES, { message: `must be one of ${ROLES.join(', ')}` });

const LedgerOfRole = () =>
  applyDecorators(
    ApiPropertyOptional({
      type: String,
      pattern: LEDGER_ID.source,
      example: 'plant-2',
      description: 'The role is for this ledger; default: for all. It may be opened later.',
    }),
    Given(),
    Matches(LEDGER_ID, { message: 'must be the id of a ledger' }),
  );

export class LoginBody {
  @ApiProperty({ type: String, maxLength: 64, example: 'maria' })
  @Matches(/^.{1,64}$/su, { message: 'must be text of 1 to 64 characters' })
  username!: string;

  @Password(1)
  password!: string;
}

export class ChangePasswordBody {
  @Password(1)
  current_password!: string;

  @Password(PASSWORD_LENGTH_MIN)
  new_password!: string;
}

export class NewUserBody {
  @NewUsername()
  username!: string;

  @Password(PASSWORD_LENGTH_MIN, 'Default: a generated one, which the answer shows.')
  password?: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'true: the user chose it. Else it is good for 24 hours and must be changed at the first sign-in.',
  })
  @Given()
  @IsBoolean({ message: 'must be true or false' })
  password_is_chosen?: boolean;

  @ApiProperty({ enum: ROLES })
  @RoleField()
  role!: Role;

  @LedgerOfRole()
  ledger_id?: string;
}

export class ChangeUserBody {
  @ApiPropertyOptional({ enum: [...ROLES, null], nullable: true, description: 'null takes it away.' })
  @IsOptional()
  @RoleField()
  role?: Role | null;

  @LedgerOfRole()
  ledger_id?: string;

  @ApiPropertyOptional({ type: Boolean, description: 'false: may not sign in any more, and every token is void.' })
  @Given()
  @IsBoolean({ message: 'must be true or false' })
  active?: boolean;
}

export class ResetPasswordBody {
  @Password(PASSWORD_LENGTH_MIN, 'Default: a generated one, which the answer shows.')
  password?: string;
}

const KEY_NAME = /^[a-z][a-z0-9._-]{1,58}$/;
const KEY_DAYS_MAX = 366;

export class NewApiKeyBody {
  @ApiProperty({ type: String, pattern: KEY_NAME.source, example: 'web-shop' })
  @Matches(KEY_NAME, { message: 'must be 2 to 59 of a-z, 0-9, dot, dash and underscore, beginning with a letter' })
  name!: string;

  @ApiProperty({ enum: ROLES })
  @RoleField()
  role!: Role;

  @LedgerOfRole()
  ledger_id?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: KEY_DAYS_MAX, default: 90 })
  @Given()
  @IsInt({ message: `must be a whole number from 1 to ${KEY_DAYS_MAX}` })
  @Min(1, { message: 'must be at least 1' })
  @Max(KEY_DAYS_MAX, { message: `must be at most ${KEY_DAYS_MAX}` })
  expires_in_days?: number;
}

export class UsersParameters extends FormatParameters {
  @Limit() limit?: number;
  @Cursor() cursor?: string;
  @Search('how the username begins, or a word of the display name') q?: string;
  @OneOf([...ROLES, NONE], { ...optional, description: `in all ledgers; with ledger_id in that one. ${NONE}: none` })
  role?: Role | typeof NONE;
  @Pattern(LEDGER_ID, 'must be the id of a ledger', {
    ...optional,
    description: 'in which they have a role of its own',
  })
  ledger_id?: string;
  @YesOrNo() active?: string;
  @YesOrNo() single_sign_on?: string;
  @Text(64, { ...optional, description: 'username' }) created_by?: string;
  @SortBy(USER_ORDERS, 'username') sort?: string;
}
