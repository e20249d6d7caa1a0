import { afterEach, expect, jest, test } from '@jest/globals';
import { logLine, nestLog } from './log.js';

afterEach(() => {
  jest.restoreAllMocks();
});

function written(log: () => void): string {
  const lines: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(`${line}`) > 0);
  log();
  return lines.join('');
}

test('one JSON object a line: time, level, message and the fields', () => {
  const line = written(() => logLine('warn', 'Postgres is away', { attempts: 3 }));
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    level: 'warn',
    message: 'Postgres is away',
    attempts: 3,
  });
});

test('nothing in a message or field looks like a line of its own', () => {
  const hostile = 'a\nb\r\u0085\u2028\u2029\u009b';
  const line = written(() => logLine('info', hostile, { field: hostile }));
  expect(line.trimEnd()).toMatch(/^[\u0020-\u007e]+$/);
  expect(JSON.parse(line)).toMatchObject({ message: hostile, field: hostile });
});

test('Nest is heard only where something goes wrong', () => {
  expect(written(() => nestLog.log('all is well'))).toBe('');
  expect(JSON.parse(written(() => nestLog.error(new Error('broken'))))).toMatchObject({
    level: 'error',
    message: expect.stringContaining('broken'),
  });
});
