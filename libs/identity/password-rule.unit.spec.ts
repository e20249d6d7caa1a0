import { expect, test } from '@jest/globals';
import { dictionary } from '@zxcvbn-ts/language-common';
import { hasLength, password_length_max, spelt, whyRefused } from './password-rule.js';

test.each([
  'correct horse battery',
  'Tr0ub4dor&3 and more',
  'пароль не из списка',
  '!#%&/()=?`',
  'maria and 7 others',
  'the ledger of our factory',
  'factory-ledger of maria',
  'x'.repeat(password_length_max),
])('%j may be one', (password) => {
  expect(whyRefused(password, 'maria')).toBeUndefined();
});

const length = 'must be text of 8 to 200 characters';
const blanks = 'must not be all blanks';
const common = 'must not be one of the commonest passwords, which are guessed first';
const name = 'must not be the user name';
const product = "must not be the product's name";
test.each([
  ['1234567', length],
  ['x'.repeat(201), length],
  ['        ', blanks],
  ['\t\u00a0\u2003\u3000\u2028\t\t\t', blanks],
  ['\ufeff\u200b\u200c\u200d\u2060\u3164\u2800\u00ad', blanks],
  ['\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007', blanks],
  ['password', common],
  ['PassWord', common],
  ['ｐａｓｓｗｏｒｄ', common],
  ['  password  ', common],
  ['12345678', common],
  ['Qwerty123', common],
  ['trustno1', common],
  ['maria.lopez', name],
  ['Maria Lopez', name],
  ['MARIA-LOPEZ!', name],
  ['factory-ledger', product],
  ['Factory Ledger', product],
  ['FACTORY_LEDGER', product],
  ['factoryledger', product],
  ['factory-ledger1', product],
  ['2026 factory.ledger!', product],
  ['f4ct0ry-l3dg3r', product],
  ['ｆａｃｔｏｒｙ－ｌｅｄｇｅｒ', product],
])('%j may not: it %s', (password, why) => {
  expect(whyRefused(password, 'maria.lopez')).toBe(why);
});

test('none of the 3,000 commonest may be one, nor of the many that follow', () => {
  const commonest = dictionary['passwords-common'];
  expect(commonest.length).toBeGreaterThan(3000);
  expect(commonest.slice(0, 3)).toEqual(['123456', 'password', '12345678']);
  expect(commonest.filter((each) => whyRefused(each, 'maria') === undefined)).toEqual([]);
});

test('both spellings of a letter are one, in the length as well', () => {
  const composed = 'Käsekühl';
  const decomposed = composed.normalize('NFD');
  expect(decomposed).not.toBe(composed);
  expect(spelt(decomposed)).toBe(spelt(composed));
  expect(hasLength('äöüäöüä'.normalize('NFD'), 8)).toBe(false);
  expect(hasLength('ΐ'.repeat(200).normalize('NFD'), 8)).toBe(true);
  expect(hasLength('ΐ'.repeat(201).normalize('NFD'), 8)).toBe(false);
});
