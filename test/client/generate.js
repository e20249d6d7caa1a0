// node test/client/generate.js DOCUMENT FOLDER: the types and functions of an OpenAPI document.
import { createClient } from '@hey-api/openapi-ts';

const [input, path] = process.argv.slice(2);
await createClient({
  input,
  output: { path, clean: true, header: ['// Made by `npm run client`.'] },
  logs: { level: 'silent' },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true, baseUrl: false },
    '@hey-api/typescript',
    { name: '@hey-api/sdk', responseStyle: 'data' },
  ],
});
