import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';

type Level = 'debug' | 'info' | 'warn' | 'error';
export type LogLine = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** JSON keeps C1 controls and Unicode line separators; in a terminal they could look like a new line. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029]/g;
const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

const logger = pino(
  {
    level: 'debug',
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (level) => ({ level }) },
  },
  { write: (line: string) => process.stdout.write(line.replace(UNSAFE, escaped)) },
);

/** Writes every field, so no secret may be among them. */
export const logLine: LogLine = (level, message, fields = {}) => logger[level](fields, message);

export const nestLog: LoggerService = {
  log() {},
  warn: (message: unknown) => logLine('warn', String(message)),
  error: (message: unknown) => logLine('error', message instanceof Error ? (message.stack ?? '') : String(message)),
  fatal: (message: unknown) => logLine('error', String(message)),
};
