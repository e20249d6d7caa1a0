/**
 * Lets httpyac run walkthrough.http, which is written for VS Code's REST Client as well: that one's `{{name.response.body.$.path}}` and
 * `{{name.response.headers.Name}}`, and `# @expect 201`, `# @expect body.total_price 700`, `# @expect headers.Ledger-Position 7`, which the
 * REST Client takes for comments.
 */

/** `body.data[0].value`, `body.$.number` or `headers.Ledger-Position` of an answer. */
function valueAt(response, path) {
  const [part, ...names] = path.replace('$.', '').replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  if (part === 'headers') return response.headers[names.join('.').toLowerCase()];
  return names.reduce((value, name) => value?.[name], bodyOf(response));
}

/** JSON as it is; of a text of lines a list, each line JSON where it is NDJSON. */
function bodyOf({ parsedBody, body, headers }) {
  const type = headers['content-type'] ?? '';
  const lines = () => body.split(/\r?\n/).filter((line) => line !== '');
  if (type.includes('x-ndjson')) return lines().map((line) => JSON.parse(line));
  return /[/+]json/.test(type) ? parsedBody : lines();
}

function fillAnswers(text, variables) {
  return text.replaceAll(/\{\{(\w+)\.response\.((?:body|headers)\.[^}]+)\}\}/g, (_, name, path) => {
    const response = variables[`${name}Response`];
    if (response === undefined) throw new Error(`no request named ${name} was answered`);
    return valueAt(response, path);
  });
}

function same(actual, expected) {
  return typeof actual === 'number' ? actual === Number(expected) : String(actual) === expected;
}

module.exports = {
  configureHooks(api) {
    api.hooks.replaceVariable.addHook(
      'answers',
      async (text, _type, { variables }) => (typeof text === 'string' ? fillAnswers(text, variables) : text),
      { before: [api.hooks.replaceVariable.items[0].id] },
    );
    api.hooks.parseMetaData.addHook('expect', (type, value, { httpRegion }) => {
      if (type !== 'expect') return false;
      httpRegion.hooks.onResponse.addHook(`expect ${value}`, (response, { test, variables, httpRegion }) => {
        const [, path, expected] = /^(\S+)(?: (.+))?$/.exec(value);
        const actual = expected === undefined ? response.statusCode : valueAt(response, path);
        const wanted = fillAnswers(expected ?? path, variables);
        const passed = same(actual, wanted);
        httpRegion.testResults ??= [];
        httpRegion.testResults.push({
          message: passed ? value : `${value}, but it is ${JSON.stringify(actual)}`,
          status: passed ? 'SUCCESS' : 'FAILED',
        });
      });
      return true;
    });
  },
};
