import { openKeysAndStores } from '../open-stores.ts';
import { STACK_PRINCIPAL } from '../toolset/reach.ts';
import { openSharedTopology, type TopologyEdit } from '../versions/shared-topology.ts';
import {
  EXIT,
  envOf,
  type TopologyOptions,
  topologyOf,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { readGraph } from './graph.ts';
import { dataDirOf, openStackward } from './open.ts';
import { table } from './print.ts';

const ALONE =
  'a data directory has one topology, which is its file; edits are shared by replicas on a database (docs/replicas.md)';

/** `stackward topology list`: the edits that replicas share, newest first. */
export async function list(
  options: TopologyOptions & { readonly limit: number },
  world: World,
): Promise<number> {
  const edits = (await editsOf(options, world)).toReversed().slice(0, options.limit);
  const shown = edits.map(({ text: _text, ...edit }) => edit);
  if (options.json) writeJson(world.stdout, shown);
  else if (shown.length === 0)
    writeLine(world.stdout, 'No topology is in force yet; the first replica that serves puts its own there.');
  else
    writeLine(
      world.stdout,
      table(shown.map(({ number, hash, by, at }) => [`${number}`, hash.slice(0, 12), at, by])),
    );
  return EXIT.ok;
}

/** `stackward topology show`: the text of an edit, as it was written. */
export async function show(
  number: number | undefined,
  options: TopologyOptions,
  world: World,
): Promise<number> {
  const edits = await editsOf(options, world);
  const edit = number === undefined ? edits.at(-1) : edits.find((one) => one.number === number);
  if (!edit)
    throw new UsageError(
      number === undefined
        ? 'no topology is in force yet'
        : `there is no edit ${number}; stackward topology list shows them`,
    );
  if (options.json) writeJson(world.stdout, edit);
  else world.stdout.write(edit.text);
  return EXIT.ok;
}

/** `stackward topology apply`: puts the file in force for every replica, and makes it a version. */
export async function apply(options: TopologyOptions, world: World): Promise<number> {
  const { text, hash, file } = await readGraph(topologyOf(options, world));
  const stackward = await openStackward(options, world, {
    offersTopology: true,
    // That the file is not in force yet is why this is called.
    report: (level, message) => {
      if (level === 'error') writeLine(world.stderr, `${level}: ${message}`);
    },
  });
  try {
    if (!stackward.stores.isShared) throw new UsageError(ALONE);
    // One that never was in force is so by now; what was before is put there again because it is asked for here.
    if (stackward.catalogs.graph().hash !== hash) {
      await stackward.putTopology(text);
      await stackward.history.recordTopology(STACK_PRINCIPAL);
    }
    if (options.json) writeJson(world.stdout, { file, hash });
    else writeLine(world.stdout, `${file} is in force for every replica`);
    return EXIT.ok;
  } finally {
    await stackward.close();
  }
}

async function editsOf(options: TopologyOptions, world: World): Promise<readonly TopologyEdit[]> {
  const { stores, keys } = await openKeysAndStores(dataDirOf(options, world), { env: envOf(options, world) });
  try {
    if (!stores.isShared) throw new UsageError(ALONE);
    return await openSharedTopology(stores.documents('topologies'), {
      at: 'stackward topology',
      key: keys.of('topology'),
    }).edits();
  } finally {
    await stores.close();
  }
}
