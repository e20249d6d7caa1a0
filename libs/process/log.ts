/** How every program logs: JSON, one line an event, on stdout; for a person at a terminal as text. LOG_LEVEL says from which level on. */
import { pino } from 'pino';
import { activeTraceId } from '../tracing/tracing.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];
export type LogLine = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** JSON keeps C1 controls and Unicode line separators; in a terminal they could look like a new line. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

const wanted = process.env.LOG_LEVEL || 'info';
const is_level = (LEVELS as readonly string[]).includes(wanted);

const logger = pino(
  {
    level: is_level ? wanted : 'info',
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
    mixin() {
      const trace_id = activeTraceId();
      return trace_id === undefined ? {} : { trace_id };
    },
  },
  {
    write: (json: string) => {
      const line = json.replace(UNSAFE, escaped);
      process.stdout.write(process.stdout.isTTY ? asText(line) : line);
    },
  },
);

function asText(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  // Again as JSON: a message may hold line breaks.
  return `${time} ${level} ${JSON.stringify(message).slice(1, -1)}${rest}\n`.replace(UNSAFE, escaped);
}

/** Writes every field, so no secret may be among them. */
export const logLine: LogLine = (level, message, fields = {}) => logger[level](fields, message);

if (!is_level) logLine('warn', `LOG_LEVEL is ${wanted}, which is none of ${LEVELS.join(', ')}: taking info`);

/** For what speaks in sentences. */
export function logSentence(sentence: string): void {
  logLine(sentence.startsWith('HALTED') ? 'error' : 'info', sentence);
}
