/** What a browser, a proxy or a scanner sees of the whole API, over sockets, with TLS and without. */
import 'reflect-metadata';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request as plainRequest, type Server } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AddressInfo, connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { unconnectedApp } from '../../../test/support/unconnected-app.js';
import type { Transport } from '../app.js';
import { reloadTls } from './tls.js';

const CORS = ['https://shop.example'];
const open_apps: Awaited<ReturnType<typeof unconnectedApp>>['app'][] = [];
let folder: string;
let files: { cert_file: string; key_file: string };

async function listen(transport: Transport = {}): Promise<Server> {
  const { app } = await unconnectedApp(transport);
  open_apps.push(app);
  await app.listen(0, '127.0.0.1');
  return app.getHttpServer() as Server;
}
const portOf = (server: Server) => (server.address() as AddressInfo).port;

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
async function ask(
  server: Server,
  path: string,
  {
    method = 'GET',
    headers = {},
    tls = false,
    body = '',
  }: { method?: string; headers?: object; tls?: boolean; body?: string } = {},
): Promise<Answer> {
  const ca = await readFile('test/data/tls/ca.crt');
  const where = {
    host: '127.0.0.1',
    port: portOf(server),
    path,
    method,
    headers: { ...headers },
    agent: false as const,
  };
  const request = tls
    ? tlsRequest({ ...where, ca, servername: 'localhost', checkServerIdentity: () => undefined })
    : plainRequest(where);
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, body: text };
}

let plain: Server;
let secure: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-'));
  files = { cert_file: join(folder, 'node.crt'), key_file: join(folder, 'node.key') };
  await copyFile('test/data/tls/node.crt', files.cert_file);
  await copyFile('test/data/tls/node.key', files.key_file);
  plain = await listen({ cors_origins: CORS });
  secure = await listen({ tls: files });
});
afterAll(async () => {
  for (const app of open_apps) await app.close();
  await rm(folder, { recursive: true });
});

describe('headers', () => {
  it('keep every answer out of caches and frames, and no page runs what is written in it', async () => {
    for (const path of ['/docs', '/docs/problems', '/docs-json', '/docs/show.js', '/nowhere', '/api/v1/sales']) {
      const { headers } = await ask(plain, path);
      expect([path, headers['x-content-type-options']]).toEqual([path, 'nosniff']);
      expect([path, headers['content-security-policy']]).toEqual([
        path,
        expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
      ]);
      expect(headers['strict-transport-security']).toBeUndefined();
    }
    const { headers, body } = await ask(plain, '/docs');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' });
    expect(body).not.toMatch(/<script>|\son\w+=/);
  });

  it('tell browsers to stay with TLS where there is TLS', async () => {
    const { headers } = await ask(secure, '/health/live', { tls: true });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });
});

describe('origins', () => {
  const from = (origin: string, more = {}) => ({ origin, ...more });
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' };

  it('that are listed may call, and read the headers that matter', async () => {
    const asked = await ask(plain, '/api/v1/sales', { method: 'OPTIONS', headers: from(CORS[0]!, preflight) });
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': CORS[0],
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-allow-headers': expect.stringContaining('Idempotency-Key'),
    });
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const refused = await ask(plain, '/api/v1/nowhere', { headers: from(CORS[0]!) });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([404, CORS[0]]);
    expect(refused.headers['access-control-expose-headers']).toContain('Retry-After');
  });

  it.each(['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null'])(
    'such as %s may not',
    async (origin) => {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await ask(plain, '/api/v1/sales', { method, headers: from(origin, preflight) });
        expect(headers['access-control-allow-origin']).toBeUndefined();
      }
    },
  );

  it('are none where none is listed', async () => {
    const { status, headers } = await ask(secure, '/api/v1/sales', {
      method: 'OPTIONS',
      headers: from(CORS[0]!, preflight),
      tls: true,
    });
    expect([status, headers['access-control-allow-origin']]).toEqual([405, undefined]);
  });
});

describe('requests that are not what they seem', () => {
  it.each(['gzip', 'br', 'deflate', 'gzip, identity'])('encoded as %s are not taken', async (encoding) => {
    const headers = { 'content-encoding': encoding, 'content-type': 'application/json', 'content-length': 2 };
    const answer = await ask(plain, '/api/v1/auth/login', { method: 'POST', headers, body: '{}' });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([415, 'unsupported_media_type']);
    expect(answer.headers['accept-encoding']).toBe('identity');
  });

  it.each(['host: a\r\nhost: b', 'host: a\r\nHOST: a', 'accept: */*'])('with %j are not for us', async (lines) => {
    const socket = connectPlain(portOf(plain), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(`GET /health/live HTTP/1.1\r\n${lines}\r\n\r\n`);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed_request"/s);
  });
});

describe('metrics', () => {
  it('are for this machine, and not for what is forwarded', async () => {
    expect((await ask(plain, '/metrics')).status).not.toBe(401);
    expect((await ask(plain, '/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(401);
  });
});

describe('TLS', () => {
  async function handshake(server: Server, version: SecureVersion): Promise<TLSSocket> {
    const socket = connect({
      ...{ host: '127.0.0.1', port: portOf(server), servername: 'localhost' },
      ...{ minVersion: version, maxVersion: version, rejectUnauthorized: false },
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  it('is spoken from 1.2 on', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake(secure, version);
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    for (const version of ['TLSv1', 'TLSv1.1'] as const)
      await expect(handshake(secure, version)).rejects.toThrow(/alert|version/i);
  });

  it('gets another certificate while requests are under way, and keeps the one it has when the new one is none', async () => {
    const said: string[] = [];
    const end = reloadTls(secure, files, (level) => said.push(level));
    try {
      const serial = async () => {
        const socket = await handshake(secure, 'TLSv1.3');
        const { fingerprint256 } = socket.getPeerCertificate();
        socket.destroy();
        return fingerprint256;
      };
      const before = await serial();
      const open = await handshake(secure, 'TLSv1.3');
      let over = false;
      const statuses = new Set<number>();
      const asking = (async () => {
        while (!over) statuses.add((await ask(secure, '/health/live', { tls: true })).status);
      })();
      await writeFile(files.cert_file, 'no certificate');
      process.emit('SIGHUP');
      expect([await serial(), said]).toEqual([before, ['error']]);
      await copyFile('test/data/tls/elsewhere.crt', files.cert_file);
      process.emit('SIGHUP');
      const after = await serial();
      expect([after === before, said]).toEqual([false, ['error', 'info']]);
      open.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
      expect(`${(await once(open, 'data'))[0]}`).toMatch(/^HTTP\/1\.1 200 /);
      open.destroy();
      await copyFile('test/data/tls/node.crt', files.cert_file);
      process.emit('SIGHUP');
      over = true;
      await asking;
      expect([...statuses]).toEqual([200]);
    } finally {
      end();
    }
  });
});
