import { dictionary } from '@zxcvbn-ts/language-common';

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 200;
const DECOMPOSED_MAX = 4;

/** The normal form, in which composed and decomposed letters are the same; what is hashed, compared and measured. */
export function spelt(password: string): string {
  return password.normalize('NFC');
}

/** A text that is far too long is not normalised first. */
export function hasLength(password: string, minimum: number): boolean {
  if (password.length > PASSWORD_LENGTH_MAX * DECOMPOSED_MAX) return false;
  const { length } = spelt(password);
  return length >= minimum && length <= PASSWORD_LENGTH_MAX;
}

const common = new Set(dictionary['passwords-common'].filter((each) => each.length >= PASSWORD_LENGTH_MIN).map(folded));
const PRODUCT = 'factoryledger';
const BLANK = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]*$/u;
const LETTER_OF: Record<string, string> = { '0': 'o', '1': 'l', '3': 'e', '4': 'a', '@': 'a' };

/** The end of a sentence about `password`; undefined where it may be used. */
export function whyRefused(password: string, username: string): string | undefined {
  if (!hasLength(password, PASSWORD_LENGTH_MIN))
    return `must be text of ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters`;
  if (BLANK.test(password)) return 'must not be all blanks';
  if (common.has(folded(password))) return 'must not be one of the commonest passwords, which are guessed first';
  if (bare(username) !== '' && bare(password) === bare(username)) return 'must not be the user name';
  if (isProduct(password)) return "must not be the product's name";
  return undefined;
}

function folded(password: string): string {
  return password.normalize('NFKC').toLowerCase().trim();
}

function bare(text: string): string {
  return folded(text).replace(/[^\p{L}\p{N}]/gu, '');
}

/** In any spelling, with digits and signs around it: f4ct0ry-l3dger, factoryledger2026! */
function isProduct(password: string): boolean {
  const within = folded(password)
    .replace(/^[^\p{L}]+/u, '')
    .replace(/(?<=\p{L})[^\p{L}]+$/u, '');
  return bare(within.replace(/[0134@]/g, (sign) => LETTER_OF[sign]!)) === PRODUCT;
}
