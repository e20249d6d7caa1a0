/** The log: one JSON object a line, so that nothing that came in can look like a line of its own. */
import type { LoggerService } from '@nestjs/common';

type Level = 'debug' | 'info' | 'warn' | 'error';
export type LogLine = (level: Level, message: string, facts?: Record<string, unknown>) => void;

/** Never hand it a secret: it writes what it gets. JSON escapes line breaks and the C1 controls are escaped here too. */
export const logLine: LogLine = (level, message, facts = {}) => {
  const line = JSON.stringify({ time: new Date().toISOString(), level, message, ...facts });
  process.stdout.write(`${line.replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}\n`);
};

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Nest's own messages; what it says while all goes well is left out. */
export const nestLog: LoggerService = {
  log() {},
  warn: (message: unknown) => logLine('warn', String(message)),
  error: (message: unknown) => logLine('error', message instanceof Error ? (message.stack ?? '') : String(message)),
  fatal: (message: unknown) => logLine('error', String(message)),
};
