import { CLIENTS } from '../../src/clients/all.ts';
import type { Client, HttpLaunch, Machine, Scope, StdioLaunch } from '../../src/clients/client.ts';
import { writtenFor } from '../../src/clients/entry.ts';
import { wholeFile } from '../../src/clients/file-change.ts';
import type { Limit } from '../../src/clients/limits.ts';
import { installLink } from '../../src/clients/links.ts';
import { SERVICES } from '../../src/services/index.ts';
import { buildCatalog } from '../../src/toolset/catalog.ts';
import { DIRECTORY_LIMIT } from '../../src/toolset/directory.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { flagsFrom } from '../../src/toolset/flags.ts';
import { STACK_PRINCIPAL } from '../../src/toolset/reach.ts';
import { loadTopology } from '../../src/topology/load.ts';
import { code, table } from './markdown.ts';

const CLIENT_LIST = Object.values(CLIENTS);
const SERVE = [
  '/path/to/stackward/dist/main.js',
  'serve',
  '--topology',
  '/path/to/topology.yaml',
  '--as',
  'triage',
];

/** What `stackward install CLIENT --as triage` writes for the README's first topology. */
function launchFor(client: Client): StdioLaunch {
  const needsFile = client.referencesIn.length === 0;
  const { tools } = client.limits;
  return {
    kind: 'stdio',
    command: 'node',
    args: [
      ...SERVE,
      ...(needsFile ? ['--env-file', '/path/to/orders.env'] : []),
      ...(tools && tools.value < DIRECTORY_LIMIT ? ['--tools-limit', String(tools.value)] : []),
    ],
    variables: needsFile
      ? []
      : ['PASSWORD', 'USER'].map((word) => ({
          name: `ORDERS_DB_${word}`,
          isSecret: true,
          purpose: `credentials.${word.toLowerCase()} of orders-db`,
        })),
    settings: {},
  };
}

const HTTP: HttpLaunch = {
  kind: 'http',
  url: 'https://stackward.example.org/mcp',
  token: { name: 'STACKWARD_TOKEN', isSecret: true, purpose: 'bearer token of stackward.example.org' },
};

/** The example of each client: its path below the repository, and what `stackward install` writes. */
export const clientExamples = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    CLIENT_LIST.flatMap((client) => {
      const file = (client.files.project ?? client.files.user)?.(at('linux'))?.split('/').at(-1) ?? '';
      const scope = client.referencesIn[0] ?? client.defaultScope;
      const text = (launch: StdioLaunch | HttpLaunch) =>
        wholeFile(client, 'stackward', writtenFor(client, scope, 'stackward', launch));
      const folder = `examples/clients/${client.id}`;
      return [
        [`${folder}/${file}`, text(launchFor(client))],
        ...(client.urlKey ? [[`${folder}/http${file.startsWith('.') ? '' : '.'}${file}`, text(HTTP)]] : []),
      ];
    }),
  );

/** Links that add a server that runs on the reader's own machine. */
export function installLinks(): string {
  const launch: HttpLaunch = { kind: 'http', url: 'http://127.0.0.1:8414/mcp' };
  const [vscode, cursor] = [CLIENTS.vscode, CLIENTS.cursor].map((client) =>
    installLink(client, 'stackward', writtenFor(client, 'user', 'stackward', launch)),
  );
  return [
    `[Add to VS Code](${vscode?.web}) · [Add to Cursor](${cursor?.web})`,
    `\`\`\`text\n${vscode?.link}\n${cursor?.link}\n\`\`\``,
  ].join('\n\n');
}

/** A machine on which nothing is installed yet, whose home is `~`. */
const at = (platform: NodeJS.Platform): Machine => ({
  platform,
  env: platform === 'win32' ? { APPDATA: '%APPDATA%', LOCALAPPDATA: '%LOCALAPPDATA%' } : {},
  home: platform === 'win32' ? '%USERPROFILE%' : '~',
  project: '',
  entries: () => [],
  exists: () => false,
});

/** Where each client's file lies. */
export function placesTable(): string {
  const rows = CLIENT_LIST.flatMap((client) =>
    (['user', 'project'] satisfies Scope[]).flatMap((scope) => {
      const file = client.files[scope];
      if (!file) return [];
      const paths = (['darwin', 'linux', 'win32'] as const).map((platform) =>
        code(file(at(platform)).replace(/^[\\/]/, '')),
      );
      return [[client.title, scope === client.defaultScope ? `${scope} (default)` : scope, ...paths]];
    }),
  );
  return table(['client', 'scope', 'macOS', 'Linux', 'Windows'], rows);
}

/** What each client takes, who says so, and what the demo's stack does within it. */
export function limitsTable(shop: string): string {
  const { drawn, open, longest, description, kib } = figuresOf(shop);
  const said = (limit: Limit | undefined, unit: string) =>
    limit ? `[${limit.value.toLocaleString('en')} ${unit}](${limit.source})` : 'none published';
  const rows = CLIENT_LIST.map(({ title, limits }) => [
    title,
    said(limits.tools, 'tools'),
    `${said(limits.name, 'characters')}, of which ${limits.name.prefix('stackward').length} before ours`,
    said(limits.description, 'bytes'),
    limits.resultBytes ? said(limits.resultBytes, 'bytes') : said(limits.resultTokens, 'tokens'),
  ]);
  const own = [
    'the demo’s stack',
    `${drawn} as drawn, ${open} with every write open`,
    `at most ${longest}`,
    `at most ${description} bytes`,
    `cut at ${kib} KiB`,
  ];
  return table(['client', 'tools of all servers', 'name of a tool', 'description', 'result'], [...rows, own]);
}

function figuresOf(shop: string) {
  const { graph } = loadTopology({ text: shop, file: 'topology/shop.yaml', types: drawnTypes(SERVICES) });
  if (!graph) throw new Error('topology/shop.yaml does not hold');
  const listOf = (env: Record<string, string>) =>
    buildCatalog(graph, SERVICES, flagsFrom(env), STACK_PRINCIPAL).list;
  const open = listOf({ MCP_ORDERS_DB_WRITE_ACCESS: 'true', MCP_CACHE_WRITE_ACCESS: 'true' });
  const types = new Set([...graph.components.values()].map(({ type }) => type));
  const bytes = [...SERVICES.values()]
    .filter(({ type }) => types.has(type))
    .map(({ limits }) => limits.bytes);
  return {
    drawn: listOf({}).length,
    open: open.length,
    longest: Math.max(...open.map(({ name }) => name.length)),
    description: Math.max(...open.map(({ description }) => Buffer.byteLength(description))),
    kib: Math.max(...bytes) / 1024,
  };
}
