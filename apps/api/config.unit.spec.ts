import { BlockList } from 'node:net';
import { expect, test } from '@jest/globals';
import { readConfig } from './config.js';
import { LIMITS } from './http/limit-table.js';

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
    sessions: { idle_s: 3600, absolute_s: 86_400, reauthentication_s: 300 },
    public_url: 'http://localhost:3000',
    mfa_required_for: ['admin', 'manager', 'auditor'],
    mfa_key: fine.JWT_SECRET,
    admin_password: undefined,
    access_log: false,
    data_dir: fine.DATA_DIR,
    snapshots_dir: '/data/snapshots',
    trusted_proxies: new BlockList(),
    tls: undefined,
    postgres_silent_ms: 600,
    audit_round_s: 30,
    processes: 1,
    pool_process: undefined,
    limits: LIMITS,
    instance_name: expect.any(String),
    peer_listen: undefined,
    peers: [],
    webhook_networks: '',
    streams_per_user: 100,
    cors_origins: [],
    metrics_token: undefined,
    audit_key: undefined,
    audit_key_file: '/data/audit-key.pem',
    main_ledger: { currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000.00' },
  });
});

test('a second factor is demanded of the roles that are named; of nobody where none is', () => {
  expect(readConfig({ ...fine, MFA_REQUIRED_FOR: 'staff, admin' }).mfa_required_for).toEqual(['admin', 'staff']);
  expect(readConfig({ ...fine, MFA_REQUIRED_FOR: '' }).mfa_required_for).toEqual([]);
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
  ['EVENTSTORE_URL', 'esdb://admin:changeit@store.example:2113'],
  ['DATABASE_URL', 'postgres://postgres:Password@10.0.0.7/books'],
  ['METRICS_TOKEN', 'hunter2-hunter2'],
  ['METRICS_TOKEN', 'change-me-change-me-change-me-change-me'],
  ['TLS_CERT_FILE', 'test/data/tls/node.crt'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://shop.example/'],
  ['CORS_ORIGINS', 'null'],
  ['POSTGRES_SILENT_MS', '50'],
  ['AUDIT_ROUND_SECONDS', '0'],
  ['API_PROCESSES', '0'],
  ['API_PROCESSES', '65'],
  ['API_PEERS', '10.0.0.5'],
  ['PEER_LISTEN', '3100'],
  ['PEER_LISTEN', '10.0.0.5:65536'],
  ['INSTANCE_NAME', 'hall two'],
  ['LIMIT_QUERY_USER', '0/1'],
  ['LIMIT_QUERY_USER', 'plenty'],
  ['LIMIT_QUERIES_USER', '10/1'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'http'],
  ['SESSION_IDLE_MINUTES', '0'],
  ['SESSION_IDLE_MINUTES', '1441'],
  ['SESSION_HOURS', '1.5'],
  ['REAUTHENTICATION_MINUTES', '61'],
  ['MFA_REQUIRED_FOR', 'admin,owner'],
  ['MFA_KEY', 'short'],
  ['WEBHOOK_NETWORKS', 'inside'],
  ['WEBHOOK_NETWORKS', '10.0.0.0/33'],
  ['STREAMS_PER_USER', '0'],
  ['STREAMS_PER_USER', '10001'],
  ['PUBLIC_URL', 'books.example'],
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
  if (/SECRET|PASSWORD|URL|AUDIT_KEY|TOKEN/.test(name) && value.length > 4)
    expect(() => readConfig({ ...fine, [name]: value })).not.toThrow(value);
});

test('a well-known password is taken for a service of this machine', () => {
  const url = 'esdb://admin:changeit@127.0.0.1:2113,localhost:2114?tls=false';
  expect(readConfig({ ...fine, EVENTSTORE_URL: url }).eventstore_url).toBe(url);
});

test('a certificate needs its own key', () => {
  const files = (cert: string, key: string) => ({ TLS_CERT_FILE: `test/data/tls/${cert}`, TLS_KEY_FILE: key });
  const key = 'test/data/tls/node.key';
  expect(readConfig({ ...fine, ...files('node.crt', key) }).tls).toEqual({
    cert_file: 'test/data/tls/node.crt',
    key_file: key,
  });
  for (const bad of [files('ca.crt', key), files('none.crt', key), files('node.crt', 'test/data/tls/node.crt')])
    expect(() => readConfig({ ...fine, ...bad })).toThrow(/^TLS_CERT_FILE and TLS_KEY_FILE must be .*\.$/);
});

test('a limit is set by a rate, with a burst or without, or lifted', () => {
  const { limits } = readConfig({
    ...fine,
    LIMIT_ANONYMOUS_ADDRESS: '10/60+5',
    LIMIT_COMMAND_USER: 'none',
    LIMIT_EXPORT_LEDGER: '3/1',
  });
  expect(limits).toEqual({
    ...LIMITS,
    anonymous: { address: { requests: 10, per_s: 60, burst: 5 } },
    command: { ...LIMITS.command, user: undefined },
    export: { ...LIMITS.export, ledger: { requests: 3, per_s: 1, burst: 3 } },
  });
});
