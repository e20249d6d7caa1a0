import { Cost, NOTES_MAX, Text } from '../http/fields.js';

export class ThresholdBody {
  @Cost({ description: 'what is worth more waits for a second pair of eyes' }) approval_threshold!: number;
  @Text(NOTES_MAX) reason!: string;
}
