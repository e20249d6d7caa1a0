/**
 * Requests in a text file, in the form that editors send them from (REST Client, httpyac), as far as docs/walkthrough.http needs it:
 * `### title` before each request, `@name = value`, `# @name x`, `{{variable}}` and `{{x.response.body.number}}`. Comments say what else
 * editors leave to the reader: `# expect 201`, `# expect body.total_price 700`, `# wait until <instant>`, `# again until body.status passed`.
 * What is none of these is an error, so that no expectation is skipped for a slip of the pen.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface HttpRequest {
  /** Of its first line in the file, from 1. */
  line: number;
  title: string;
  name?: string;
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body?: string;
  /** An HTTP status. */
  status: string;
  expectations: Expectation[];
  wait_until?: string;
  again_until?: Expectation;
}
export interface HttpFile {
  variables: Map<string, string>;
  requests: HttpRequest[];
}
interface Expectation {
  /** `body.data[0].value` or `headers.Ledger-Position` */
  path: string;
  value: string;
}
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON as it is; a text of lines is a list, each line JSON where it is NDJSON. */
  body: unknown;
}

const again_ms_max = 30_000;

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** @throws with the line where something is not understood. */
export function parseHttpFile(text: string): HttpFile {
  const variables = new Map<string, string>();
  const requests: HttpRequest[] = [];
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) => (line.startsWith('###') ? [index] : []));
  for (const line of lines.slice(0, starts[0])) {
    const variable = /^@(\w+) = (.+)$/.exec(line);
    if (variable !== null) variables.set(variable[1]!, variable[2]!);
    else if (line.trim() !== '' && !line.startsWith('#')) throw new Error(`not understood: ${line}`);
  }
  for (const [index, start] of starts.entries())
    requests.push(parseRequest(lines.slice(start, starts[index + 1]), start + 1));
  return { variables, requests };
}

const COMMENTS: [form: RegExp, take: (request: HttpRequest, ...words: string[]) => void][] = [
  [/^# @name (\w+)$/, (request, name) => Object.assign(request, { name })],
  [/^# expect (\d{3})$/, (request, status) => Object.assign(request, { status })],
  [/^# expect ((?:body|headers)\S*) (.+)$/, (request, path, value) => request.expectations.push({ path, value })],
  [/^# wait until (.+)$/, (request, wait_until) => Object.assign(request, { wait_until })],
  [/^# again until (\S+) (.+)$/, (request, path, value) => Object.assign(request, { again_until: { path, value } })],
];

/** The comments of a request stand before it; those behind its end (`# ── …`) head what follows. */
function parseRequest(lines: string[], line: number): HttpRequest {
  const fail = (what: string) => new Error(`line ${line}, ${lines[0]}: ${what}`);
  const at = lines.findIndex((each) => /^[A-Z]+ \S+$/.test(each));
  if (at < 0) throw fail('no request');
  const [method, url] = lines[at]!.split(' ') as [string, string];
  const title = lines[0]!.slice(3).trim();
  const request: HttpRequest = { line, title, method, url, headers: [], status: '', expectations: [] };
  for (const comment of lines.slice(1, at)) {
    const form = COMMENTS.find(([form]) => form.test(comment));
    if (form === undefined) throw fail(`not understood: ${comment}`);
    form[1](request, ...form[0].exec(comment)!.slice(1));
  }
  if (request.status === '') throw fail('no status is expected');
  let end = at + 1;
  for (; lines[end] !== undefined && lines[end] !== ''; end += 1) {
    const header = /^([\w-]+): (.+)$/.exec(lines[end]!);
    if (header === null) throw fail(`not a header: ${lines[end]}`);
    request.headers.push([header[1]!, header[2]!]);
  }
  const body = lines
    .slice(end)
    .filter((each) => !each.startsWith('# '))
    .join('\n')
    .trim();
  return body === '' ? request : { ...request, body };
}

// ── Running ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Sends requests one by one and remembers the answers of those with a name. `variables` go before the file's own. */
export function httpRunner(file: HttpFile, variables: Record<string, string>) {
  const answers = new Map<string, HttpAnswer>();
  const filled = (text: string): string =>
    text.replaceAll(/\{\{([^}]+)\}\}/g, (_, name: string) => {
      const [request, response, ...path] = name.split('.');
      if (response === 'response') {
        const answer = answers.get(request!);
        const value = answer && valueAt(answer, path.join('.'));
        if (value === undefined) throw new Error(`there is no ${name}`);
        return String(value);
      }
      const value = variables[name] ?? file.variables.get(name);
      if (value === undefined) throw new Error(`there is no variable ${name}`);
      return filled(value);
    });
  const send = async ({ method, url, headers, body }: HttpRequest): Promise<HttpAnswer> => {
    const response = await fetch(filled(url), {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, filled(value)]),
      ...(body !== undefined && { body: filled(body) }),
    });
    return answerOf(response);
  };
  const differences = (request: HttpRequest, answer: HttpAnswer): string[] => [
    ...(`${answer.status}` === request.status ? [] : [`the status is ${answer.status}, not ${request.status}`]),
    ...request.expectations.flatMap(({ path, value }) => {
      const actual = valueAt(answer, path);
      return same(actual, filled(value)) ? [] : [`${path} is ${JSON.stringify(actual)}, not ${filled(value)}`];
    }),
  ];
  return {
    /** @throws with everything in which the answer is not what is expected. */
    async run(request: HttpRequest): Promise<void> {
      const { name, wait_until, again_until } = request;
      if (wait_until !== undefined) while (new Date().toISOString() <= filled(wait_until)) await sleep(20);
      let answer = await send(request);
      if (again_until !== undefined) {
        const give_up_ms = performance.now() + again_ms_max;
        while (!same(valueAt(answer, again_until.path), again_until.value) && performance.now() < give_up_ms) {
          await sleep(100);
          answer = await send(request);
        }
      }
      if (name !== undefined) answers.set(name, answer);
      const found = differences(
        again_until ? { ...request, expectations: [...request.expectations, again_until] } : request,
        answer,
      );
      if (found.length > 0)
        throw new Error(`line ${request.line}: ${found.join('; ')}\n${JSON.stringify(answer.body)}`);
    },
  };
}

async function answerOf(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const lines = () => text.split(/\r?\n/).filter((line) => line !== '');
  const body = type.includes('x-ndjson')
    ? lines().map((line) => JSON.parse(line))
    : /[/+]json/.test(type) && text !== ''
      ? JSON.parse(text)
      : lines();
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

function valueAt(answer: HttpAnswer, path: string): unknown {
  const [first, ...names] = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  if (first === 'headers') return answer.headers[names.join('.').toLowerCase()];
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer.body);
}
function same(actual: unknown, expected: string): boolean {
  return typeof actual === 'number' ? actual === Number(expected) : String(actual) === expected;
}
