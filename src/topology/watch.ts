import { basename, dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Graph } from './graph.ts';
import { checkText } from './load.ts';
import type { Problem } from './problem.ts';
import { openSettledReader, type Reading } from './settled-reader.ts';
import type { TypeSource } from './type-source.ts';

export interface WatchOptions {
  /** The file holds a valid topology whose text is not the one told last. What it throws goes to `onProblems`. */
  onGraph(graph: Graph, warnings: readonly Problem[]): void;
  /** The file cannot be read or is not valid; the graph that was told last stays in force. */
  onProblems(problems: readonly Problem[]): void;
  /** What is in force already. Without it the file's present state is told at once. */
  readonly current?: Graph;
  /** How long the file must stay the same before it is believed, in milliseconds. */
  readonly settleMs?: number;
  /** How often the file is looked at even without a notice, in milliseconds: network folders send none. */
  readonly pollMs?: number;
}

export interface TopologyWatch {
  /** Resolves once notices of the file system arrive; changes before that are found all the same. */
  readonly ready: Promise<void>;
  /** Stops; nothing is told afterwards. */
  close(): Promise<void>;
}

/**
 * Tells each change of a topology file once. Follows editors that write a new file and rename it, the
 * symbolic links by which Kubernetes swaps a ConfigMap, and writers that are slow.
 */
export function watchTopology(path: string, source: TypeSource, options: WatchOptions): TopologyWatch {
  let isClosed = false;
  const tell = async (reading: Reading) => {
    if (!('text' in reading)) return options.onProblems([reading.problem]);
    const loaded = await checkText(reading.text, path, source);
    if (isClosed) return;
    if (!loaded.graph) return options.onProblems(loaded.problems);
    try {
      options.onGraph(loaded.graph, loaded.warnings);
    } catch (error) {
      options.onProblems([notTaken(path, error)]);
    }
  };
  const reader = openSettledReader({
    path,
    settleMs: options.settleMs ?? 150,
    ...(options.current && { known: options.current.text }),
    tell,
  });
  const folder = dirname(resolve(path));
  // The folder, not the file: a watch on the file stays with the old inode when a new one is renamed over it.
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (seen) => resolve(seen) !== folder && basename(seen) !== basename(path),
  });
  const look = () => reader.look();
  watcher.on('all', look).on('raw', look).on('error', look);
  const poll = setInterval(look, options.pollMs ?? 2_000).unref();
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  void ready.then(look);
  look();
  return {
    ready,
    async close() {
      isClosed = true;
      clearInterval(poll);
      reader.close();
      await watcher.close();
    },
  };
}

const notTaken = (file: string, error: unknown): Problem => ({
  file,
  line: 1,
  column: 1,
  severity: 'error',
  message: `the topology is valid and could not be taken: ${error instanceof Error ? error.message : 'unknown reason'}`,
});
