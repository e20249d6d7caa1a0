/**
 * A spreadsheet carries out a cell that begins with one of these, so an apostrophe is set before it; reading takes it away again. Some
 * spreadsheets ignore quotes: a cell may begin behind each semicolon, tab and line break.
 */
const SIGN = '[=+\\-@\uff1d\uff0b\uff0d\uff20]';
const AT_START = `["']*[\\t\\r]|[\\s"']*${SIGN}`;
const WITHIN = `(?:[^\\S\\t\\r\\n]|["'])*${SIGN}`;

const START = new RegExp(`^(?=${AT_START})`);
const INNER = new RegExp(`([;\\t\\r\\n])(?=${WITHIN})`, 'g');
const DEFUSED_START = new RegExp(`^'(?=${AT_START})`);
const DEFUSED_INNER = new RegExp(`([;\\t\\r\\n])'(?=${WITHIN})`, 'g');

export function defused(text: string): string {
  return text.replace(INNER, "$1'").replace(START, "'");
}

/** What `defused` was given. */
export function asWritten(cell: string): string {
  return cell.replace(DEFUSED_START, '').replace(DEFUSED_INNER, '$1');
}
