/** B: a Lua script checks and decrements the stock, numbers the sale and queues it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { sleep } from './load.js';

export type Reply = string | number | null | Error | Reply[];

export interface Redis {
  call(...args: (string | number)[]): Promise<Reply>;
  close(): void;
}

/**
 * KEYS: stock:ITEM a line. ARGV: series, sale, each line's pieces. Answers the number, or the line that lacks stock.
 */
export const SELL = `
for i, key in ipairs(KEYS) do
  local left = tonumber(redis.call('GET', key) or '0')
  if left < tonumber(ARGV[i + 2]) then return {i, left} end
end
for i, key in ipairs(KEYS) do redis.call('DECRBY', key, ARGV[i + 2]) end
local number = ARGV[1] .. '-' .. string.format('%04d', redis.call('INCR', 'numbers:' .. ARGV[1]))
redis.call('LPUSH', 'queue', number .. ' ' .. ARGV[2])
return number`;

/**
 * With a limit for each customer. KEYS: stock:ITEM, taken:ITEM. ARGV: series, sale, pieces, customer, limit. Answers the number, or 1 for too few
 * pieces and 2 for too many of one customer, with what is left.
 */
export const SELL_LIMITED = `
local left = tonumber(redis.call('GET', KEYS[1]) or '0')
local pieces = tonumber(ARGV[3])
if left < pieces then return {1, left} end
if tonumber(redis.call('HGET', KEYS[2], ARGV[4]) or '0') + pieces > tonumber(ARGV[5]) then return {2, left} end
redis.call('DECRBY', KEYS[1], pieces)
redis.call('HINCRBY', KEYS[2], ARGV[4], pieces)
local number = ARGV[1] .. '-' .. string.format('%04d', redis.call('INCR', 'numbers:' .. ARGV[1]))
redis.call('LPUSH', 'queue', number .. ' ' .. ARGV[2])
return number`;

export function redisServerProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  return folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file));
}

export interface RedisServer {
  socket: string;
  stop(): Promise<void>;
}

/** With an append-only file, over a Unix socket: quicker than what the others have. */
export async function startRedis(program: string, appendfsync: string): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'redis-'));
  const socket = join(dir, 'socket');
  const settings = { port: 0, unixsocket: socket, dir, appendonly: 'yes', appendfsync, save: '' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const child = spawn(program, args, { stdio: 'ignore' });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const stop = async () => {
    process.off('exit', end);
    await ended(child);
    await rm(dir, { recursive: true, force: true });
  };
  for (let tries = 0; !existsSync(socket); tries += 1) {
    if (tries === 200 || child.exitCode !== null) {
      await stop();
      throw new Error(`${program} did not start`);
    }
    await sleep(50);
  }
  return { socket, stop };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGTERM');
  await promise;
}

export function connectRedis(path: string): Redis {
  const waiting: PromiseWithResolvers<Reply>[] = [];
  const socket: Socket = connect({ path });
  let received: Buffer = Buffer.alloc(0);
  const fail = (error: Error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  socket.on('error', fail).on('close', () => fail(new Error('Redis closed the connection')));
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    let at = 0;
    for (let found = parse(received, 0); found !== undefined; found = parse(received, at)) {
      const { resolve, reject } = waiting.shift()!;
      if (found.reply instanceof Error) reject(found.reply);
      else resolve(found.reply);
      at = found.end;
    }
    received = received.subarray(at);
  });
  return {
    call(...args) {
      const answer = Promise.withResolvers<Reply>();
      waiting.push(answer);
      const parts = args.map((arg) => `$${Buffer.byteLength(`${arg}`)}\r\n${arg}\r\n`);
      socket.write(`*${args.length}\r\n${parts.join('')}`);
      return answer.promise;
    },
    close: () => socket.destroy(),
  };
}

function parse(bytes: Buffer, at: number): { reply: Reply; end: number } | undefined {
  const line_end = bytes.indexOf('\r\n', at);
  if (line_end < 0) return undefined;
  const line = bytes.toString('utf8', at + 1, line_end);
  const next = line_end + 2;
  switch (String.fromCharCode(bytes[at]!)) {
    case '+':
      return { reply: line, end: next };
    case '-':
      return { reply: new Error(line), end: next };
    case ':':
      return { reply: Number(line), end: next };
    case '$': {
      const length = Number(line);
      if (length < 0) return { reply: null, end: next };
      if (bytes.length < next + length + 2) return undefined;
      return { reply: bytes.toString('utf8', next, next + length), end: next + length + 2 };
    }
    default:
      return parseList(bytes, next, Number(line));
  }
}

function parseList(bytes: Buffer, start: number, count: number): { reply: Reply; end: number } | undefined {
  const reply: Reply[] = [];
  let end = start;
  for (let n = 0; n < count; n += 1) {
    const found = parse(bytes, end);
    if (found === undefined) return undefined;
    reply.push(found.reply);
    end = found.end;
  }
  return { reply, end };
}
