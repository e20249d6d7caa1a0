/** What a client written for one document would miss in the next: operations, fields and words gone, and inputs that it does not send. */
import {
  flat,
  type OpenApi,
  operationsOf,
  type Parameter,
  type Response,
  resolved,
  type Schema,
} from '../support/contract.js';

interface Place {
  type: string;
  is_required: boolean;
  words: string[];
}
/** By where it stands: "POST /api/v1/sales body line_items[].quantity". */
type Surface = Map<string, Place>;

export function breakingChanges(before: OpenApi, after: OpenApi): string[] {
  const inputs = changesOf(inputsOf(before), inputsOf(after), 'input');
  const outputs = changesOf(outputsOf(before), outputsOf(after), 'output');
  return [...new Set([...inputs, ...outputs])].sort();
}

function changesOf(before: Surface, after: Surface, side: 'input' | 'output'): string[] {
  const changes: string[] = [];
  for (const [at, old] of before) {
    const now = after.get(at);
    if (now === undefined) {
      // Where its parent is gone, that is told.
      if (!isWithinOther(at, before, after)) changes.push(`${at}: removed`);
      continue;
    }
    if (now.type !== old.type) changes.push(`${at}: ${old.type} became ${now.type}`);
    if (side === 'output' && old.is_required && !now.is_required) changes.push(`${at}: may be absent now`);
    if (side === 'input' && !old.is_required && now.is_required) changes.push(`${at}: is required now`);
    const gone = old.words.filter((word) => !now.words.includes(word));
    if (gone.length > 0 && now.words.length > 0) changes.push(`${at}: no ${gone.join(', ')} any more`);
    if (side === 'input' && old.words.length === 0 && now.words.length > 0)
      changes.push(`${at}: only ${now.words.join(', ')} now`);
  }
  if (side === 'input')
    for (const [at, { is_required }] of after)
      if (is_required && !before.has(at) && !isWithinOther(at, after, before))
        changes.push(`${at}: a new input that is required`);
  return changes;
}

function isWithinOther(at: string, there: Surface, missing: Surface): boolean {
  return [...parentsOf(at)].some((parent) => there.has(parent) && !missing.has(parent));
}
function* parentsOf(at: string): Generator<string> {
  for (let end = at.length; end > 0; ) {
    end = Math.max(at.lastIndexOf('.', end - 1), at.lastIndexOf('[', end - 1), at.lastIndexOf(' ', end - 1));
    if (end > 0) yield at.slice(0, end);
  }
}

const OPERATION: Place = { type: 'operation', is_required: false, words: [] };

function inputsOf(document: OpenApi): Surface {
  const surface: Surface = new Map();
  for (const { method, path, operation } of operationsOf(document)) {
    const at = `${method} ${path}`;
    surface.set(at, OPERATION);
    for (const each of operation.parameters ?? []) {
      const { name, required = false, schema = {}, in: where } = resolved<Parameter>(document, each);
      describe(document, schema, `${at} ${where} ${name}`, required, surface);
    }
    for (const { schema = {} } of Object.values(operation.requestBody?.content ?? {}))
      describe(document, schema, `${at} body`, true, surface);
  }
  return surface;
}

function outputsOf(document: OpenApi): Surface {
  const surface: Surface = new Map();
  for (const { method, path, operation } of operationsOf(document)) {
    surface.set(`${method} ${path}`, OPERATION);
    for (const [status, each] of Object.entries(operation.responses)) {
      if (!status.startsWith('2')) continue;
      const { content = {} } = resolved<Response>(document, each);
      for (const [type, { schema = {} }] of Object.entries(content))
        describe(document, schema, `${method} ${path} ${status} ${type}`, true, surface);
    }
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const base = schema.allOf?.[0]?.$ref ?? '';
    if (!/\/Problem\d*$/.test(base) || /^Problem\d/.test(name)) continue;
    for (const part of partsOfProblem(document, schema)) describe(document, part, `problem ${name}`, true, surface);
  }
  return surface;
}

/** Without what all problems have. */
function partsOfProblem(document: OpenApi, { allOf, ...schema }: Schema): Schema[] {
  if (allOf === undefined) return [schema];
  return allOf.flatMap((part) =>
    part.$ref === '#/components/schemas/Problem' ? [] : partsOfProblem(document, resolved<Schema>(document, part)),
  );
}

const DEPTH_MAX = 8;

function describe(
  document: OpenApi,
  given: Schema,
  at: string,
  is_required: boolean,
  surface: Surface,
  depth = 0,
): void {
  const { type = 'any', enum: words = [], nullable, ...schema } = flat(document, given);
  const kind = nullable ? `${type} or null` : type;
  const known = surface.get(at);
  // Several options of one place: what all of them require is required.
  surface.set(at, {
    type: known === undefined || known.type === kind ? kind : [known.type, kind].sort().join(' or '),
    is_required: is_required && known?.is_required !== false,
    words: [...new Set([...(known?.words ?? []), ...words.map(String)])],
  });
  if (depth === DEPTH_MAX) return;
  const { items, properties = {}, required = [], oneOf = [] } = schema;
  if (items !== undefined) describe(document, items, `${at}[]`, true, surface, depth + 1);
  for (const part of oneOf) describe(document, part, at, is_required, surface, depth + 1);
  for (const [name, field] of Object.entries(properties))
    describe(document, field, `${at}.${name}`, required.includes(name), surface, depth + 1);
}
