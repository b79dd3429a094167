import { readFileSync, writeFileSync } from 'node:fs';
import { SERVICES } from '../src/services/index.ts';
import { drawnTypes } from '../src/toolset/drawn-types.ts';
import { topologySchema } from '../src/topology/schema.ts';

const FILE = new URL('../topology/topology.schema.json', import.meta.url);

/** Writes the JSON Schema of topology files from the services; with `--check`, fails when the file is not what they give. */
function main(args: readonly string[]): number {
  const wanted = `${JSON.stringify(topologySchema(drawnTypes(SERVICES)), null, 2)}\n`;
  if (!args.includes('--check')) {
    writeFileSync(FILE, wanted);
    return 0;
  }
  if (present() === wanted) return 0;
  console.error(
    'topology/topology.schema.json is out of date: run npx tsx scripts/generate-topology-schema.ts',
  );
  return 1;
}

function present(): string | undefined {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return undefined;
  }
}

process.exitCode = main(process.argv.slice(2));
