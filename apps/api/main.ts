import { requireNode } from '../../libs/process/node-version.js';

requireNode();
// Not a static import: Node links all of those before it runs anything, and an older one stops there with a SyntaxError.
await import('./program.js');
