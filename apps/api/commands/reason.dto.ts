import { NOTES_MAX, Text } from '../http/fields.js';

export class ReasonBody {
  @Text(NOTES_MAX) reason!: string;
}
