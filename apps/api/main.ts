import { requireNode } from '../../libs/process/node-version.js';

requireNode();
// A dynamic import, since an older Node fails with a SyntaxError while it links static ones, before it can say what is wrong.
await import('./program.js');
