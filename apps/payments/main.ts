import { requireNode } from '../../libs/process/node-version.js';

requireNode();
// A dynamic import: an older Node fails with a SyntaxError while it links static ones, before it can say why.
await import('./program.js');
