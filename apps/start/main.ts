import { requireNode } from '../../libs/process/node-version.js';

requireNode();
// A dynamic import: Node links static ones before it runs anything, and an older Node would fail there with a SyntaxError.
await import('./program.js');
