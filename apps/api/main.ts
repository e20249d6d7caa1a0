import { requireNode } from '../../libs/process/node-version.js';

requireNode();
// A dynamic import: an older Node fails with a SyntaxError while it links static ones, before it can say why.
await import(
  Number(process.env.API_PROCESSES) > 1 && process.env.API_PROCESS === undefined ? './pool.js' : './program.js'
);
