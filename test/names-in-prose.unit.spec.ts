/** Names in comments and pages go stale unseen: files, links and identifiers must exist. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../', import.meta.url));
const list = (pattern: string) => globSync(pattern, { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What others' tools write is theirs. */
const is_ours = (file: string) => !/^libs\/client\/(generated|dist)\//.test(file);
const sources = list('{apps,libs,projections,test}/**/*.{ts,js}').filter(is_ours);
const pages = [
  ...list('docs/**/*.md'),
  'README.md',
  'libs/client/README.md',
  'libs/client/CHANGES.md',
  'test/golden/README.md',
  'test/data/README.md',
];
const others = [
  ...list('docs/{*.http,.httpyac.cjs}'),
  ...list('deploy/**/*.{conf,yml,json,ts}'),
  ...list('*.{json,yml,js,cjs}'),
  ...['Dockerfile', '.dependency-cruiser.cjs', '.env.example'].filter((file) => existsSync(join(root, file))),
];
const file_names = new Set(
  [...sources, ...pages, ...others, ...list('test/**/*'), ...list('docs/**/*')].map((file) => basename(file)),
);

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|[\s;{(])\/\/.*$/gm;
const prose = [
  ...pages.map((file) => ({ file, text: read(file) })),
  ...sources.map((file) => ({ file, text: (read(file).match(COMMENT) ?? []).join('\n') })),
];
const code = new Set(
  [...sources, ...others]
    .filter((file) => !file.endsWith('names-in-prose.unit.spec.ts'))
    .flatMap((file) => read(file).replaceAll(COMMENT, '').match(/\w+/g) ?? []),
);

const foreign = new Set([
  ...['nodePreference', 'gossipTimeout', 'discoveryInterval', 'maxDiscoverAttempts', 'maxConnections'],
  ...['GRPC_DEFAULT_SSL_ROOTS_FILE_PATH', 'first_stream_position', 'last_stream_position', 'BillVoided'],
  ...['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'OTEL_EXPORTER_OTLP_HEADERS'],
]);

const stale = (names: (text: string) => string[], exists: (name: string, file: string) => boolean) =>
  prose.flatMap(({ file, text }) =>
    names(text)
      .filter((name) => !exists(name, file))
      .map((name) => `${file}: ${name}`),
  );
const all = (pattern: RegExp) => (text: string) => [...text.matchAll(pattern)].map(([whole, name]) => name ?? whole);

test('paths', () => {
  const paths = all(/(?<![\w/.-])((?:apps|libs|projections|test|docs|deploy)\/[\w./*-]*\w)(?![\w/*-])/g);
  const exists = (path: string) => list(path).length > 0 || list(path.replace(/\.js$/, '.ts')).length > 0;
  expect(stale(paths, exists)).toEqual([]);
});

test('files by their name alone', () => {
  const names = all(/(?<![\w/.*:-])([\w-]+(?:\.[\w-]+)*\.(?:ts|md|http|cjs))(?![\w-])/g);
  expect(stale(names, (name) => file_names.has(name))).toEqual([]);
});

test('identifiers in back quotes', () => {
  const quoted = all(/`([A-Za-z][\w.]*)(?:\(\))?`/g);
  const identifiers = (text: string) =>
    quoted(text).flatMap((name) =>
      name.split('.').filter((part) => /^(?:[a-z]+|[A-Z][a-z]+)[A-Z]\w*$|^[A-Za-z]+_\w+$/.test(part)),
    );
  expect(stale(identifiers, (name) => code.has(name) || foreign.has(name))).toEqual([]);
});

test('links between pages', () => {
  const links = all(/\]\(([^)\s]+)\)/g);
  const resolves = (link: string, file: string) => {
    if (/^(https?:|\/)/.test(link)) return true;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return false;
    const anchors = () => (read(target).match(/^#+ .*$/gm) ?? []).map((heading) => anchorOf(heading));
    return anchor === undefined || anchors().includes(anchor);
  };
  expect(stale(links, resolves)).toEqual([]);
});

const anchorOf = (heading: string) =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');
