import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { openStores } from '../open-stores.ts';
import type { Stackward } from '../stackward.ts';
import type { StackDiff, VersionSummary } from '../toolset/versions-view.ts';
import {
  diffVersions,
  driftFrom,
  listVersions,
  readVersion,
  summaryOf,
  topologyOf,
} from '../versions/look.ts';
import { exportVersions, importVersions } from '../versions/transfer.ts';
import { verifyVersions } from '../versions/verify.ts';
import { openVersions } from '../versions/versions.ts';
import {
  EXIT,
  envOf,
  type TopologyOptions,
  UsageError,
  type World,
  writeJson,
  writeLine,
} from './command.ts';
import { isConfirmed } from './confirm.ts';
import { dataDirOf, openStackward } from './open.ts';
import { bold, cyan, dim, green, red, yellow } from './print.ts';

/** Opens the stack for one look at its versions. */
async function withStack(
  options: TopologyOptions,
  world: World,
  work: (stackward: Stackward) => Promise<number>,
): Promise<number> {
  const stackward = await openStackward(options, world);
  try {
    return await work(stackward);
  } finally {
    await stackward.close();
  }
}

/** A version's number as it was typed. Throws UsageError. */
export function numberIn(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`'${text}' is no version; stackward versions list shows them`);
  return Number(text);
}

/** `stackward versions list`: newest first. */
export const list = (options: TopologyOptions & { limit: number }, world: World): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const versions = (await listVersions(history.versions, { limit: options.limit })).map(summaryOf);
    if (options.json) writeJson(world.stdout, { versions });
    else for (const one of versions) writeLine(world.stdout, lineOf(one));
    return EXIT.ok;
  });

const MARKS = { ok: green('ok'), error: red('error'), outcome_unknown: yellow('unknown') };

const lineOf = ({ number, time, cause, by, tool, target, of, note, outcome }: VersionSummary): string =>
  [
    bold(String(number).padStart(4)),
    dim(time),
    cyan(cause.padEnd(8)),
    outcome ? MARKS[outcome] : dim('open'),
    by,
    tool === undefined ? '' : `${tool} on ${target}`,
    of === undefined ? '' : `takes back ${of}`,
    note === undefined ? '' : dim(note),
  ]
    .filter((part) => part !== '')
    .join('  ');

/** `stackward versions show`: one version, with its topology or the arguments and the image of its write. */
export const show = (
  text: string,
  options: TopologyOptions & { showTopology?: boolean },
  world: World,
): Promise<number> =>
  withStack(options, world, async ({ history, mask }) => {
    const version = await readVersion(history.versions, numberIn(text));
    const topology = await topologyOf(history.versions, version);
    if (options.showTopology) {
      world.stdout.write(topology);
      return EXIT.ok;
    }
    const { change, end } = version;
    const shown = {
      ...summaryOf(version),
      topology_sha256: version.topology_hash,
      ...(change
        ? { args: mask.json(change.args), before: mask.json(change.before), after: mask.json(version.after) }
        : {}),
      ...(change?.irreversible === undefined ? {} : { no_way_back: change.irreversible }),
      ...(end ? { captured: end.captured, missed: end.missed } : {}),
    };
    writeJson(world.stdout, shown);
    return EXIT.ok;
  });

/** `stackward versions diff`: two versions, or one and the stack as it is. */
export const diff = (
  from: string,
  to: string | undefined,
  options: TopologyOptions,
  world: World,
): Promise<number> =>
  withStack(options, world, async ({ history, catalogs }) => {
    if (to !== undefined)
      return tell(await diffVersions(history.versions, numberIn(from), numberIn(to)), options, world);
    const version = await readVersion(history.versions, numberIn(from));
    const captured = await history.captureAll();
    return tell(
      await driftFrom(history.versions, version, { captured, topology: catalogs.graph().text }),
      options,
      world,
    );
  });

/** `stackward drift`: what changed outside Stackward since the latest version. Exit code 1 when something did. */
export const drift = (options: TopologyOptions, world: World): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const found = await history.drift();
    tell(found, options, world);
    return found.resources.length + found.topology.length > 0 ? EXIT.failed : EXIT.ok;
  });

/** `stackward snapshot`: captures every linked component as a new version. Exit code 1 when one could not be read. */
export const snapshot = (options: TopologyOptions & { note?: string }, world: World): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const { version, captured } = await history.snapshot(userInfo().username, options.note);
    const missed = Object.fromEntries(
      [...captured].flatMap(([name, one]) => ('missed' in one ? [[name, one.missed]] : [])),
    );
    if (options.json)
      writeJson(world.stdout, { version: version.number, captured: [...captured.keys()], missed });
    else {
      writeLine(
        world.stdout,
        `version ${bold(String(version.number))} holds ${captured.size - Object.keys(missed).length} components`,
      );
      for (const [name, why] of Object.entries(missed))
        writeLine(world.stdout, yellow(`  ${name} could not be read: ${why}`));
    }
    return Object.keys(missed).length > 0 ? EXIT.failed : EXIT.ok;
  });

function tell(found: StackDiff, options: TopologyOptions, world: World): number {
  if (options.json) {
    writeJson(world.stdout, found);
    return EXIT.ok;
  }
  const { from, to, topology, resources, secrets, unknown } = found;
  const say = (line: string) => writeLine(world.stdout, line);
  say(dim(`from version ${from} to ${to === undefined ? 'the stack as it is' : `version ${to}`}`));
  for (const line of topology)
    say(line.startsWith('-') ? red(line) : line.startsWith('+') ? green(line) : dim(line));
  for (const { component, resource, change, fields } of resources) {
    say(
      `${bold(component)}  ${resource}  ${change === 'added' ? green(change) : change === 'removed' ? red(change) : yellow(change)}`,
    );
    for (const { field, from: was, to: is } of fields)
      say(`  ${field}: ${red(JSON.stringify(was))} -> ${green(JSON.stringify(is))}`);
  }
  for (const field of secrets) say(`${bold(field)}  another version of the credential`);
  for (const [name, why] of Object.entries(unknown)) say(dim(`${name}: ${why}`));
  if (topology.length + resources.length + secrets.length === 0) say('nothing differs');
  return EXIT.ok;
}

/** `stackward versions verify`: checks every version and object against its hash. */
export const verify = (options: TopologyOptions, world: World): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const found = await verifyVersions(history.versions);
    if (options.json) writeJson(world.stdout, found);
    else {
      for (const { version, what } of found.damage)
        writeLine(world.stdout, red(`version ${version}: ${what}`));
      const verdict = found.damage.length === 0 ? green('all sound') : red(`${found.damage.length} damaged`);
      writeLine(world.stdout, `${found.versions} versions, ${found.objects} objects: ${verdict}`);
      if (found.damage.length > 0)
        writeLine(
          world.stdout,
          'put the files back from a copy of the data directory, or let stackward versions repair set them aside',
        );
    }
    return found.damage.length === 0 ? EXIT.ok : EXIT.failed;
  });

/** `stackward versions repair`: sets aside what is damaged, after a yes. Exit code 1 while damage stays. */
export const repair = (
  options: TopologyOptions & { dryRun?: boolean; yes?: boolean },
  world: World,
): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const say = (line: string) => writeLine(options.json ? world.stderr : world.stdout, line);
    const found = await history.repair(userInfo().username, { dryRun: true });
    const isSound = found.lost.length + found.poorer.length === 0;
    for (const { version, what } of found.lost) say(red(`version ${version}: ${what}`));
    for (const { version, what } of found.poorer) say(yellow(`version ${version}: ${what}`));
    if (isSound || options.dryRun) {
      if (options.json) writeJson(world.stdout, found);
      else if (isSound) say(green('nothing is damaged'));
      return isSound ? EXIT.ok : EXIT.failed;
    }
    const question = `Set ${found.lost.length} versions aside, and begin anew with a snapshot?`;
    const instead = 'run it in a terminal, or look at --dry-run and add --yes';
    if (!options.yes && !(await isConfirmed(question, instead, world))) return EXIT.denied;
    const done = await history.repair(userInfo().username, { dryRun: false });
    if (options.json) writeJson(world.stdout, done);
    else {
      for (const { kept } of done.lost) for (const file of kept) say(dim(`kept as ${file}`));
      say(green(`version ${done.snapshot} is a new beginning; writes are taken again`));
    }
    return EXIT.ok;
  });

/** `stackward versions keep`: keeps a version whatever is pruned, lets it go, or lists those that are kept. */
export const keep = (
  text: string | undefined,
  options: TopologyOptions & { reason: string; release?: boolean },
  world: World,
): Promise<number> =>
  withStack(options, world, async ({ history: { keeper } }) => {
    if (text !== undefined && options.release) await keeper.release(numberIn(text));
    else if (text !== undefined) await keeper.keep(numberIn(text), options.reason);
    const kept = [...(await keeper.list())];
    if (options.json) writeJson(world.stdout, { kept: Object.fromEntries(kept) });
    else for (const [number, why] of kept) writeLine(world.stdout, `${bold(String(number))}  ${why}`);
    return EXIT.ok;
  });

/** `stackward versions prune`: removes old versions, as far as no rollback target that is kept needs them. */
export const pruneVersions = (
  options: TopologyOptions & { before: number; dryRun?: boolean },
  world: World,
): Promise<number> =>
  withStack(options, world, async ({ history }) => {
    const pruned = await history.prune(options.before, { dryRun: options.dryRun === true });
    if (options.json) writeJson(world.stdout, pruned);
    else {
      const word = options.dryRun ? 'would be removed' : 'removed';
      writeLine(
        world.stdout,
        `${pruned.versions.length} versions and ${pruned.objects} objects ${word}; the first that stays is ${pruned.first}`,
      );
      if (pruned.held !== undefined) writeLine(world.stdout, yellow(pruned.held));
    }
    return EXIT.ok;
  });

/** `stackward versions export`: everything in the store as JSON Lines, unmasked. */
export const exportStore = (options: TopologyOptions & { output?: string }, world: World): Promise<number> =>
  withStack(options, world, async ({ history, recordEvent }) => {
    await recordEvent('versions_exported', userInfo().username, { latest: history.versions.version() });
    const out = options.output === undefined ? undefined : await open(options.output, 'wx', 0o600);
    for await (const line of exportVersions(history.versions))
      if (out) await out.write(`${line}\n`);
      else world.stdout.write(`${line}\n`);
    await out?.sync();
    await out?.close();
    return EXIT.ok;
  });

/** `stackward versions import`: takes an export into a data directory that has no versions yet. */
export async function importStore(file: string, options: TopologyOptions, world: World): Promise<number> {
  const dir = dataDirOf(options, world);
  const moment = { topology: () => ({ text: '', hash: '' }), secrets: () => ({}) };
  const stores = await openStores(dir, { env: envOf(options, world) });
  try {
    const versions = await openVersions({ stores, moment });
    // Last: lines that come before somebody asks for them are lost.
    const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
    const taken = await importVersions(versions, lines);
    const where = stores.isShared ? 'the database' : dir;
    if (options.json) writeJson(world.stdout, taken);
    else
      writeLine(world.stdout, `${taken.versions} versions and ${taken.objects} objects taken into ${where}`);
    return EXIT.ok;
  } finally {
    await stores.close();
  }
}
