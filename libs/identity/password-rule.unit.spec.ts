import { expect, test } from '@jest/globals';
import { dictionary } from '@zxcvbn-ts/language-common';
import { hasLength, PASSWORD_LENGTH_MAX, spelt, whyRefused } from './password-rule.js';

test.each([
  'correct horse battery',
  'Tr0ub4dor&3 and more',
  'пароль не из списка',
  '!#%&/()=?`',
  'maria and 7 others',
  'the ledger of our factory',
  'factory-ledger of maria',
  'x'.repeat(PASSWORD_LENGTH_MAX),
])('%j may be one', (password) => {
  expect(whyRefused(password, 'maria')).toBeUndefined();
});

const LENGTH = 'must be text of 8 to 200 characters';
const BLANKS = 'must not be all blanks';
const COMMON = 'must not be one of the commonest passwords, which are guessed first';
const NAME = 'must not be the user name';
const PRODUCT = "must not be the product's name";
test.each([
  ['1234567', LENGTH],
  ['x'.repeat(201), LENGTH],
  ['        ', BLANKS],
  ['\t\u00a0\u2003\u3000\u2028\t\t\t', BLANKS],
  ['\ufeff\u200b\u200c\u200d\u2060\u3164\u2800\u00ad', BLANKS],
  ['\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007', BLANKS],
  ['password', COMMON],
  ['PassWord', COMMON],
  ['ｐａｓｓｗｏｒｄ', COMMON],
  ['  password  ', COMMON],
  ['12345678', COMMON],
  ['Qwerty123', COMMON],
  ['trustno1', COMMON],
  ['maria.lopez', NAME],
  ['Maria Lopez', NAME],
  ['MARIA-LOPEZ!', NAME],
  ['factory-ledger', PRODUCT],
  ['Factory Ledger', PRODUCT],
  ['FACTORY_LEDGER', PRODUCT],
  ['factoryledger', PRODUCT],
  ['factory-ledger1', PRODUCT],
  ['2026 factory.ledger!', PRODUCT],
  ['f4ct0ry-l3dg3r', PRODUCT],
  ['ｆａｃｔｏｒｙ－ｌｅｄｇｅｒ', PRODUCT],
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
