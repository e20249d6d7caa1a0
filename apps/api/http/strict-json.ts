/** `JSON.parse` keeps the last of two equal keys and the nearest double; here the value is as written, or refused. */
import { isUtf8 } from 'node:buffer';
import { ERRORS_MAX, type FieldError, invalidFields, Problem, shortName } from './problem.js';

const DEPTH_MAX = 32;
/** Ten times the largest valid body, counted by commas. */
const MEMBERS_MAX = 50_000;
/** No double needs more than 25 characters. */
const NUMBER_LENGTH_MAX = 64;

/** `bytes`: UTF-8. Linear time. @throws Problem as docs/decisions/strict-json.md lists */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed('it is not UTF-8');
  const text = bytes.toString('utf8');
  refuseDeepOrMany(text);
  const value = parse(text);
  // A text that JSON.stringify would write the same has lost nothing in the parse, unless it has a backslash.
  if (isPlain(text) && JSON.stringify(value) === text) return value;
  inspect(text);
  return value;
}

/** Before the parse, which needs memory for each level. */
function refuseDeepOrMany(text: string): void {
  let depth = 0;
  let members = 0;
  let within_text = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (within_text) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) within_text = false;
    } else if (code === QUOTE) within_text = true;
    else if (code === COMMA) members += 1;
    // [ and { differ from ] and } by two, and from each other by one bit.
    else if ((code | 0x20) === 0x7b) depth += 1;
    else if ((code | 0x20) === 0x7d) depth -= 1;
    if (depth > DEPTH_MAX) throw malformed(`it nests deeper than ${DEPTH_MAX}`);
  }
  if (members >= MEMBERS_MAX) throw new Problem('payload_too_large', { members_max: MEMBERS_MAX });
}
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

function parse(text: string): unknown {
  if (text === '') throw malformed('it is empty');
  if (text.charCodeAt(0) === 0xfeff) throw malformed('it begins with a byte order mark');
  try {
    return JSON.parse(text);
  } catch (error) {
    // The position only: the text around it may hold a password.
    const at = /at position \d+/.exec((error as Error).message)?.[0];
    throw malformed(at === undefined ? 'it is cut short or no JSON at all' : `an unexpected character ${at}`);
  }
}

function malformed(why: string): Problem {
  return new Problem('malformed_json', {}, { detail: `The body is not well-formed JSON: ${why}.` });
}

const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const suspicious = new RegExp(`\\\\|\\[\\[|,\\[|"(?:${INHERITED.join('|')})"`);

/** Lists in objects only, no escapes, no inherited names. */
const isPlain = (text: string) => !suspicious.test(text);

type Place = { keys: Set<string> | undefined; at: string | number };

/** Of valid JSON. A string before a colon is a key. */
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|[[\]{},]/g;

function inspect(text: string): void {
  const places: Place[] = [];
  const errors: FieldError[] = [];
  let more_errors = 0;
  const complain = (message: string) => {
    if (errors.length < ERRORS_MAX)
      errors.push({ path: places.map(({ at }) => shortName(`${at}`)).join('.'), message });
    else more_errors += 1;
  };
  for (const [token, string, colon] of text.matchAll(TOKEN)) {
    const place = places.at(-1);
    if (token === '{' || token === '[') {
      if (token === '[' && place !== undefined && place.keys === undefined) complain('must not be a list in a list');
      places.push(token === '{' ? { keys: new Set(), at: '' } : { keys: undefined, at: 0 });
    } else if (token === '}' || token === ']') places.pop();
    else if (token === ',') {
      if (typeof place?.at === 'number') place.at += 1;
    } else if (string === undefined) checkNumber(token, complain);
    else if (colon !== undefined) enterField(JSON.parse(string), place!, complain);
    else if (!isText(string)) complain('must be text without unpaired surrogates and U+0000');
  }
  if (errors.length > 0) throw invalidFields(errors, more_errors);
}

function enterField(name: string, place: Place, complain: (message: string) => void): void {
  place.at = name;
  if (place.keys!.has(name)) throw malformed(`the field ${JSON.stringify(shortName(name))} is there twice`);
  place.keys!.add(name);
  if (INHERITED.includes(name)) complain(`${name} is not a field here`);
  else if (!isStorable(name)) complain('must be a name without unpaired surrogates and U+0000');
}

/** Postgres holds neither half a surrogate pair nor U+0000. */
const isText = (string: string) => !string.includes('\\') || isStorable(JSON.parse(string));
const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');

function checkNumber(token: string, complain: (message: string) => void): void {
  if (token.length > NUMBER_LENGTH_MAX) {
    complain(`is a number of more than ${NUMBER_LENGTH_MAX} characters`);
    return;
  }
  const number = Number(token);
  if (Object.is(number, -0)) complain('must not be a negative zero');
  else if (!Number.isFinite(number) || significant(token) !== significant(`${number}`))
    complain('is a number with more digits or a larger exponent than can be held exactly');
}

/** Canonical: "700.00" and "7e2" are both "7e2". */
function significant(token: string): string {
  const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${token.startsWith('-') ? '-' : ''}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}
