// How many bytes a browser loads for a program with one call.
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const contents = `import { connect, recordSale } from './libs/client/index.ts';
export const sell = (url, token, body) => recordSale({ client: connect({ url, token }), body });`;
const { outputFiles } = buildSync({
  stdin: { contents, resolveDir: process.cwd() },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});
const [{ contents: bytes }] = outputFiles;
console.log(`one call: ${bytes.length} bytes, ${gzipSync(bytes).length} with gzip`);
