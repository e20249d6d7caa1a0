import { addressesOf, leaderOf } from './cluster.js';

const says = (named: string | undefined, members = ['a', 'b', 'c']) =>
  members.map((host) => ({ host, leads: host === named }));

describe('who leads', () => {
  it.each<[string, Record<string, ReturnType<typeof says> | undefined>, string | undefined]>([
    ['no node has answered yet', {}, undefined],
    ['all agree', { a: says('a'), b: says('a'), c: says('a') }, 'a'],
    ['most agree, and one has not answered', { a: says('a'), b: says('a') }, 'a'],
    ['it says so itself, and others may still speak', { a: says('a') }, undefined],
    ['it says so itself, and the others do not answer', { a: says('a'), b: undefined, c: undefined }, 'a'],
    ['others name one that does not answer', { b: says('a'), c: says('a'), a: undefined }, undefined],
    ['others name one that denies it', { a: says(undefined), b: says('a'), c: says('a') }, undefined],
    ['one has slept through the election', { a: says('a'), b: says('b'), c: says('b') }, 'b'],
    ['one has slept, and who follows the other is away', { a: says('a'), b: says('b'), c: undefined }, undefined],
    ['no node leads', { a: says(undefined), b: says(undefined), c: says(undefined) }, undefined],
    ['who answers under the name of all does not count twice', { a: says('a'), all: says('a') }, undefined],
    ['a single node', { a: says('a', ['a']) }, 'a'],
  ])('%s', (_, answers, leader) => {
    expect(leaderOf(new Map(Object.entries(answers)), 3)).toBe(leader);
  });
});

describe('a connection string', () => {
  it.each([
    ['esdb://log:2113?tls=false', ['log:2113'], false, 'esdb://x:1?tls=false'],
    ['esdb://log/?tls=false', ['log:2113'], false, 'esdb://x:1?tls=false'],
    ['esdb://a,b:2114,c?tls=false', ['a:2113', 'b:2114', 'c:2113'], true, 'esdb://x:1?tls=false'],
    ['esdb+discover://ann:pass%40word@all:2113?tls=true', ['all:2113'], true, 'esdb://ann:pass%40word@x:1?tls=true'],
    ['esdb+discover://all', ['all:2113'], true, 'esdb://x:1'],
  ])('%s', (url, hosts, cluster, one) => {
    const addresses = addressesOf(url);
    expect(addresses).toMatchObject({ hosts, cluster });
    expect(addresses.urlOf('x:1')).toBe(one);
  });
});
