import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { anchor } from '../../scripts/docs/markdown.ts';
import { SERVICES } from '../../src/services/index.ts';
import { drawnTypes } from '../../src/toolset/drawn-types.ts';
import { loadTopology } from '../../src/topology/load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TYPES = drawnTypes(SERVICES);
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'examples/README.md',
  ...filesBelow('docs', '.md'),
];

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

const anchorsOf = (text: string): Set<string> => {
  const plain = text.replace(/^```[\s\S]*?^```/gm, '');
  const headings = [...plain.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
  const marked = [...plain.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...headings, ...marked]);
};

/** One JSON text, or JSON Lines. */
const jsonTexts = (block: string): string[] =>
  block.startsWith('{"seq"') ? block.trim().split('\n') : [block];

/** The links of a document that lead to nothing. */
function brokenLinks(document: string): string[] {
  const links = [...withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', fragment] = link.split('#');
    const file = path === '' ? document : relative(ROOT, resolve(ROOT, dirname(document), path));
    if (!existsSync(join(ROOT, file))) return true;
    return fragment !== undefined && !anchorsOf(read(file)).has(fragment);
  });
}

describe('documents', () => {
  test.each(DOCUMENTS)('%s links to what is there', (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });

  test.each(DOCUMENTS)('%s names no folder of one machine', (document) => {
    expect(read(document)).not.toMatch(/(^|[\s("'`])\/(work|home|root|Users|tmp)\//m);
  });

  test('the README says of every dependency why it is there', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const rows = read('README.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const told = new Set(
      rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
    );
    const missing = [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter(
      (name) => !told.has(name),
    );
    expect(missing).toEqual([]);
  });

  test('cli.md has every command', () => {
    const source = ['cli', 'groups'].map((name) => read(`src/cli/${name}.ts`)).join('\n');
    const commands = [...source.matchAll(/\.command\('([\w-]+)'\)/g)].map(([, name]) => name);
    const headings = [...read('docs/cli.md').matchAll(/^## stackward (.+)$/gm)].map(
      ([, words = '']) => words.split(' ').at(-1) ?? '',
    );
    expect(commands.length).toBeGreaterThan(5);
    expect(new Set(headings)).toEqual(new Set([...commands, 'audit', 'token', 'versions']));
  });

  test.each(DOCUMENTS)('%s shows topologies that hold and JSON that parses', (document) => {
    const blocks = [...read(document).matchAll(/^```(yaml|json)\n([\s\S]*?)^```/gm)];
    for (const [, language, text = ''] of blocks) {
      if (language === 'json')
        for (const part of jsonTexts(text)) expect(() => JSON.parse(part)).not.toThrow();
      else expect(loadTopology({ text, file: document, types: TYPES }).problems).toBeUndefined();
    }
  });

  test('what is generated is up to date', () => {
    const check = () =>
      execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate-docs.ts', '--check'], {
        cwd: ROOT,
        stdio: 'pipe',
      });
    expect(check).not.toThrow();
  }, 60_000);
});

describe('examples', () => {
  const topologies = filesBelow('examples/topologies', '.yaml');
  const clients = filesBelow('examples/clients', '.json');

  test.each(topologies)('%s holds', (file) => {
    const { problems, warnings } = loadTopology({ text: read(file), file, types: TYPES });
    expect(problems ?? warnings).toEqual([]);
  });

  test.each(clients)('%s names a server', (file) => {
    const config = JSON.parse(read(file)) as Record<string, Record<string, unknown>>;
    const [server] = Object.values(config.mcpServers ?? config.servers ?? {});
    expect(server).toSatisfy(
      (one: { command?: string; args?: string[]; url?: string; serverUrl?: string }) =>
        (one.url ?? one.serverUrl)?.endsWith('/mcp') === true ||
        (one.command === 'node' && one.args?.includes('serve') === true),
    );
  });

  test('examples/README.md has a line for each', () => {
    const text = read('examples/README.md');
    const all = [...topologies, ...clients, ...filesBelow('examples', '.ts')];
    expect(all.length).toBeGreaterThan(8);
    expect(all.filter((file) => !text.includes(`](${file.replace('examples/', '')})`))).toEqual([]);
  });
});
