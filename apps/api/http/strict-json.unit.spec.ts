import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './problem.js';
import { parseJson } from './strict-json.js';

const read = (text: string | Buffer) => parseJson(Buffer.from(text as string));

function verdict(text: string | Buffer): unknown {
  try {
    return { value: read(text) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const errors = error.details.errors as { path: string }[] | undefined;
    return errors === undefined ? error.code : [error.code, ...errors.map(({ path }) => path)];
  }
}

const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

test.each([
  ['{"a":1,"b":[{"c":"x"}],"d":null,"e":true}'],
  ['{ "total" : 700.00 , "price": 0.0375, "big": 999999999999999, "e": 1.5e3 }'],
  ['{"price":1E2,"small":1e-6,"zero":0.00,"less":-12.50}'],
  ['{"text":"a \\"quoted\\" \\u00e9 \\ud83d\\ude00 \\n","naïve":"日本"}'],
  ['{"2":1,"1":2}'],
  ['{"value":"__proto__ constructor"}'],
  ['[]'],
  ['"text"'],
  ['null'],
  ['9007199254740991'],
  [nested(32)],
])('%s is read as JSON.parse reads it', (text) => {
  expect(verdict(text)).toEqual({ value: JSON.parse(text) });
});

test.each([
  ['nothing', ''],
  ['white space', ' \n'],
  ['half an object', '{"a":1'],
  ['two values', '{} {}'],
  ['a trailing comma', '{"a":1,}'],
  ['a comment', '{"a":1 /* one */}'],
  ['NaN', '{"a":NaN}'],
  ['a leading zero', '{"a":01}'],
  ['a plus sign', '{"a":+1}'],
  ['full-width digits', '{"a":１２}'],
  ['a line break in a text', '{"a":"x\ny"}'],
  ['a byte order mark', '\ufeff{"a":1}'],
  ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
  ['an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le')],
  ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le')],
  ['a key twice', '{"a":1,"a":1}'],
  ['a key twice, far apart', '{"a":1,"b":{"a":2},"c":[{"a":3}],"a":4}'],
  ['a key twice, written in two ways', '{"amount":1,"\\u0061mount":2}'],
  ['33 levels', nested(33)],
  ['10,000 levels', nested(10_000)],
  ['100,000 lists', '['.repeat(100_000) + ']'.repeat(100_000)],
])('%s is malformed', (_what, text) => {
  expect(verdict(text)).toBe('malformed_json');
});

test.each([
  ['2^53 + 1', '{"quantity":9007199254740993}', 'quantity'],
  ['more digits than a double has', '{"lines":[{"price":1},{"price":0.30000000000000000001}]}', 'lines.1.price'],
  ['beyond the largest double', '{"a":1e400}', 'a'],
  ['below the smallest double', '{"a":1e-400}', 'a'],
  ['negative zero', '{"a":-0}', 'a'],
  ['negative zero with a fraction', '{"a":{"b":-0.00}}', 'a.b'],
  ['a list in a list', '{"lines":[[{"item_id":"x"}]]}', 'lines.0'],
  ['a list in a list, further on', '{"lines":[{"item_id":"x"}, []]}', 'lines.1'],
  ['half a surrogate pair', '{"notes":"\\ud800"}', 'notes'],
  ['U+0000', '{"notes":"a\\u0000b"}', 'notes'],
  ['half a surrogate pair in a name', '{"\\udc00":1}', '\udc00'],
  ['__proto__', '{"__proto__":{"role":"admin"}}', '__proto__'],
  ['__proto__ in disguise', '{"\\u005f_proto__":{}}', '__proto__'],
  ['constructor', '{"a":{"constructor":{"prototype":{}}}}', 'a.constructor'],
  ['what class-validator would let pass', '{"hasOwnProperty":1}', 'hasOwnProperty'],
])('%s is named as a bad field', (_what, text, path) => {
  expect(verdict(text)).toEqual(['validation', path]);
});

test('every bad field is named at once', () => {
  expect(verdict('{"a":-0,"b":{"c":1e999},"d":[{"e":"\\u0000"}]}')).toEqual(['validation', 'a', 'b.c', 'd.0.e']);
});

const json = fc.json({ depthSize: 'small', maxDepth: 6 });
const token = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"b"',
  '"__proto__"',
  '"\\u0061"',
  '-0',
  '1e400',
  '0.1',
  'null',
  ' ',
);
const nearly = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      '1',
      '-0',
      '1.50',
      '1e400',
      '9007199254740993',
      '"a"',
      '"\\ud800"',
      '"constructor"',
      'null',
      '[]',
      '{}',
    ),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '1', '__proto__', 'toString', '\\u0061'), tie('value')), {
        maxLength: 3,
      })
      .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join()}}`),
  ),
})).value as fc.Arbitrary<string>;

// A space in front makes a text unlike what JSON.stringify would write, so it takes the slow way.
test('the fast way and the slow way agree on every text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        nearly,
        fc.array(token).map((tokens) => tokens.join('')),
      ),
      (text) => {
        expect(verdict(text)).toEqual(verdict(` ${text}`));
      },
    ),
    { numRuns: 5000 },
  );
});

test('what is accepted is what JSON.parse reads, and every number in it is the number that was written', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(20), (number, zeros) => {
      fc.pre(!Object.is(number, -0));
      expect(read(`${number}`)).toBe(number);
      const fixed = `${number}`;
      if (/^-?\d+\.\d+$/.test(fixed)) {
        expect(read(fixed + '0'.repeat(zeros))).toBe(number);
        expect(verdict(`${fixed}${'0'.repeat(20)}1`)).toEqual(['validation', '']);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a body of one megabyte is read', () => {
  const text = JSON.stringify({ notes: `"${'x\n'.repeat(300_000)}` });
  expect(read(text)).toEqual(JSON.parse(text));
});
