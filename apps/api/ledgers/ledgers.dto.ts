import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { Cost, Text, Whole } from '../http/fields.js';
import { LEDGER_ID } from '../http/request.js';

export class NewLedgerBody {
  @ApiProperty({ type: String, pattern: LEDGER_ID.source, example: 'plant-2' })
  @Matches(LEDGER_ID, { message: 'must be 1 to 32 of a-z, 0-9 and dash, beginning with a letter or digit' })
  ledger_id!: string;

  @ApiProperty({ type: String, pattern: '^[A-Z]{3}$', example: 'EUR' })
  @Matches(/^[A-Z]{3}$/, { message: 'must be a currency code of three capital letters' })
  currency!: string;

  /** Default: what the currency has by ISO 4217. */
  @Whole(0, 6, { optional: true })
  digits?: number;

  @Text(64, { optional: true })
  time_zone?: string;

  /** Default: 5000. */
  @Cost({ optional: true })
  approval_threshold?: number;
}
