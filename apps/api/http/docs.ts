import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PROBLEMS, Problem } from './problem.js';

const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
};

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>${head}</head><body>${body}</body></html>
`;

const ui = page(
  'factory-ledger',
  '<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">',
  `<div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/show.js"></script>`,
);
/** Not in the page: a page that forbids scripts in its text cannot be made to run one by what it shows. */
const SHOW = `SwaggerUIBundle({
  url: '/docs-json', dom_id: '#ui', deepLinking: true, persistAuthorization: true, validatorUrl: 'none',
  docExpansion: 'none', defaultModelsExpandDepth: -1, filter: true, displayRequestDuration: true, tryItOutEnabled: true,
});
`;

/** Swagger UI styles its elements one by one and has its icons in the style sheet. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

const PUBLIC = { config: { permit: 'public' as const } };

/** @param document built at the first request: it takes longer than the rest of the start */
export function serveDocs(fastify: FastifyInstance, document: () => object): void {
  let json: string | undefined;
  let packed: Buffer | undefined;
  const assets_dir = dirname(
    createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger')).resolve('swagger-ui-dist'),
  );

  const show = (reply: FastifyReply, html: string) =>
    reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(html);
  for (const path of ['/', '/docs/']) fastify.get(path, PUBLIC, (_request, reply) => reply.redirect('/docs'));
  fastify.get('/docs', PUBLIC, (_request, reply) => show(reply, ui));
  fastify.get('/docs/show.js', PUBLIC, (_request, reply) => reply.type('text/javascript').send(SHOW));
  fastify.get('/docs-json', PUBLIC, (request, reply) => {
    json ??= JSON.stringify(document());
    reply.type('application/json').header('vary', 'accept-encoding');
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(json);
    packed ??= gzipSync(json);
    return reply.header('content-encoding', 'gzip').send(packed);
  });
  fastify.get('/docs/problems', PUBLIC, (_request, reply) => show(reply, problemsPage()));
  fastify.get<{ Params: { asset: string } }>('/docs/:asset', PUBLIC, async ({ params: { asset } }, reply) => {
    if (!Object.hasOwn(ASSETS, asset)) throw new Problem('unknown_route');
    return reply
      .type(ASSETS[asset]!)
      .header('cache-control', 'public, max-age=3600')
      .send(await readFile(join(assets_dir, asset)));
  });
}

function problemsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, retry }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td><td>${retry ? 'yes' : 'no'}</td></tr>`,
  );
  const head =
    '<style>body{font-family:sans-serif}td,th{padding:.3em 1em;text-align:left}:target{background:#ff9}</style>';
  const header = '<tr><th>code</th><th>status</th><th>meaning</th><th>may succeed later</th></tr>';
  return page('Problems', head, `<h1>Problems</h1><table>${header}${rows.join('')}</table>`);
}
