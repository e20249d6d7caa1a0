import { BlockList } from 'node:net';
import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';

const fine = {
  EVENTSTORE_URL: 'esdb://localhost:2113?tls=false',
  DATABASE_URL: 'postgres://user:pw@localhost/books',
  DATA_DIR: '/data',
  JWT_SECRET: '8c1f0b7e5d3a49c6a2f1e0d9b8c7a695',
};

test('every setting that may be absent has a default', () => {
  expect(readConfig(fine)).toEqual({
    host: '127.0.0.1',
    port: 3000,
    eventstore_url: fine.EVENTSTORE_URL,
    database_url: fine.DATABASE_URL,
    jwt_secret: fine.JWT_SECRET,
    admin_username: undefined,
    sessions: { idle_s: 3600, absolute_s: 86_400 },
    admin_password: undefined,
    snapshots_dir: '/data/snapshots',
    trusted_proxies: new BlockList(),
    audit_key: undefined,
    audit_key_file: '/data/audit-key.pem',
    main_ledger: { currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000.00' },
  });
});

test('a currency brings its own decimals', () => {
  expect(readConfig({ ...fine, LEDGER_CURRENCY: 'JPY' }).main_ledger.digits).toBe(0);
});

test('the password of the first admin is not their name, and may be any other good one', () => {
  const named = { ...fine, ADMIN_USERNAME: 'ada.lovelace' };
  expect(() => readConfig({ ...named, ADMIN_PASSWORD: 'Ada Lovelace' })).toThrow(
    'ADMIN_PASSWORD must not be the user name.',
  );
  expect(readConfig({ ...named, ADMIN_PASSWORD: 'correct horse' }).admin_password).toBe('correct horse');
});

test.each([
  ['EVENTSTORE_URL', ''],
  ['EVENTSTORE_URL', 'http://localhost:2113'],
  ['DATABASE_URL', ''],
  ['DATABASE_URL', 'mysql://localhost'],
  ['DATA_DIR', ''],
  ['JWT_SECRET', ''],
  ['JWT_SECRET', 'Tr0ub4dor&3'],
  ['JWT_SECRET', fine.JWT_SECRET.slice(1)],
  ['JWT_SECRET', 'a'.repeat(64)],
  ['JWT_SECRET', 'change-me-change-me-change-me-change-me'],
  ['JWT_SECRET', 'your-256-bit-secret-your-256-bit-secret'],
  ['JWT_SECRET', 'my-super-secret-key-for-development-use'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'http'],
  ['SESSION_IDLE_MINUTES', '0'],
  ['SESSION_IDLE_MINUTES', '1441'],
  ['SESSION_HOURS', '1.5'],
  ['ADMIN_USERNAME', 'Admin'],
  ['ADMIN_USERNAME', 'system'],
  ['ADMIN_USERNAME', 'a:b'],
  ['ADMIN_USERNAME', 'anonymous'],
  ['ADMIN_PASSWORD', '1234567'],
  ['ADMIN_PASSWORD', ' '.repeat(12)],
  ['ADMIN_PASSWORD', 'Password123'],
  ['ADMIN_PASSWORD', 'Factory-Ledger'],
  ['AUDIT_KEY', 'c2hvcnQ='],
  ['AUDIT_KEY', '-----BEGIN PRIVATE KEY-----'],
  ['LEDGER_CURRENCY', 'usd'],
  ['LEDGER_TIME_ZONE', 'Mars/Olympus'],
  ['LEDGER_TIME_ZONE', '+02:00'],
  ['APPROVAL_THRESHOLD', '-1'],
  ['APPROVAL_THRESHOLD', '1e3'],
])('%s=%s is refused in one sentence that names it and does not repeat a secret', (name, value) => {
  const sentence = new RegExp(`^${name} .*\\.$`);
  expect(() => readConfig({ ...fine, [name]: value })).toThrow(sentence);
  if (/SECRET|PASSWORD|URL|KEY/.test(name) && value.length > 4)
    expect(() => readConfig({ ...fine, [name]: value })).not.toThrow(value);
});
