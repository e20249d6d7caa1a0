import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { refuseNode } from './node-version.js';

describe('the Node that runs the programs', () => {
  it('is refused in one sentence where it is too old', () => {
    for (const version of ['18.20.0', '20.20.2', '22.14.9'])
      expect(refuseNode(version)).toMatch(
        new RegExp(`^This is Node ${version}, but factory-ledger needs 22\\.15 or newer`),
      );
    for (const version of ['22.15.0', '22.22.3', '24.0.0', '26.1.0']) expect(refuseNode(version)).toBeUndefined();
  });

  it('is the one that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    const least = engines.node.replace('>=', '');
    expect(refuseNode(least)).toBeUndefined();
    expect(refuseNode(least.replace(/\d+$/, (minor: string) => `${Number(minor) - 1}`))).toBeDefined();
  });

  it('is looked at before anything that an older one cannot link', () => {
    for (const app of ['api', 'projector', 'eventstore', 'cli', 'start']) {
      const main = readFileSync(`apps/${app}/main.ts`, 'utf8');
      const imported = [...main.matchAll(/^import .* from '(.*)';$/gm)].map(([, from]) => from);
      expect({ app, imported }).toEqual({ app, imported: ['../../libs/process/node-version.js'] });
    }
  });
});
