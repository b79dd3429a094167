import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchmarkTables } from './docs/benchmarks.ts';
import { readCliHelp } from './docs/cli-help.ts';
import { clientExamples, installLinks, limitsTable, placesTable } from './docs/clients.ts';
import { errorTable } from './docs/errors.ts';
import { metricTable } from './docs/metrics.ts';
import { fillRegions } from './docs/regions.ts';
import { registryEntry } from './docs/registry-entry.ts';
import { serviceLinks, serviceRegion } from './docs/services.ts';
import { sessionBlock, sessionSvg } from './docs/session.ts';
import { settingsTable } from './docs/settings.ts';
import { allTools } from './docs/tools.ts';
import { componentTypes, everyComponentFields } from './docs/topology.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CAPTURED = 'docs/images/session.txt';
/** One run of `npm run bench -- --json docs/benchmarks.json`. */
const MEASURED = 'docs/benchmarks.json';

/** The files with generated regions, and the text of each region. */
async function regionsByFile(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  return {
    'README.md': {
      session: sessionBlock(read(CAPTURED)),
      services: serviceLinks(servicePages(), page),
      'install-links': installLinks(),
    },
    'docs/benchmarks.md': {
      figures: benchmarkTables(existsSync(ROOT + MEASURED) ? read(MEASURED) : undefined),
    },
    'docs/clients.md': { places: placesTable(), limits: limitsTable(read('topology/shop.yaml')) },
    'docs/cli.md': { commands: await readCliHelp() },
    'docs/errors.md': { errors: errorTable() },
    'docs/http.md': { metrics: await metricTable(`${ROOT}topology/shop.yaml`) },
    'docs/settings.md': { settings: settingsTable() },
    'docs/tools.md': { tools: allTools() },
    'docs/topology.md': { fields: everyComponentFields(), types: componentTypes() },
    ...Object.fromEntries(servicePages().map((type) => [page(type), { service: serviceRegion(type) }])),
  };
}

/** Writes what the documents repeat of the code; with `--check`, fails when a document is not what the code gives. */
async function main(args: readonly string[]): Promise<number> {
  const wanted = new Map<string, string>([
    ['docs/images/session.svg', sessionSvg(read(CAPTURED))],
    ...Object.entries(clientExamples()),
    ['server.json', registryEntry()],
  ]);
  for (const [file, regions] of Object.entries(await regionsByFile()))
    wanted.set(file, fillRegions(read(file), regions, file));
  const stale = [...wanted].filter(([file, text]) => !existsSync(ROOT + file) || read(file) !== text);
  if (!args.includes('--check')) {
    for (const [file, text] of stale) {
      mkdirSync(dirname(ROOT + file), { recursive: true });
      writeFileSync(ROOT + file, text);
    }
    return 0;
  }
  for (const [file] of stale) console.error(`${file} is out of date: npm run generate`);
  return stale.length > 0 ? 1 : 0;
}

/** The component types that have a page of their own. */
const servicePages = (): string[] =>
  readdirSync(`${ROOT}docs/services`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replace(/\.md$/, ''))
    .sort();

const page = (type: string): string => `docs/services/${type}.md`;

function read(file: string): string {
  return readFileSync(ROOT + file, 'utf8');
}

process.exitCode = await main(process.argv.slice(2));
