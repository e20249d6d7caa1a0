import type { LoggerService } from '@nestjs/common';
import { logLine } from '../../libs/process/log.js';

export { type LogLine, logLine } from '../../libs/process/log.js';

export const nestLog: LoggerService = {
  log() {},
  warn: (message: unknown) => logLine('warn', String(message)),
  error: (message: unknown) => logLine('error', message instanceof Error ? (message.stack ?? '') : String(message)),
  fatal: (message: unknown) => logLine('error', String(message)),
};
