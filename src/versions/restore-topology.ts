import { readFile, realpath, stat } from 'node:fs/promises';
import { replaceFile } from '../store/files/durable-file.ts';
import { ToolError } from '../toolset/errors.ts';
import type { Graph } from '../topology/graph.ts';
import { checkText } from '../topology/load.ts';
import { renderProblem } from '../topology/problem.ts';
import type { TypeSource } from '../topology/type-source.ts';

/**
 * Puts the text of a topology file back, comments and all, in one step; returns its checked graph.
 * Throws ToolError('conflict') when the file holds an edit that is not in force, or when the old text no longer holds.
 */
export async function restoreTopologyFile(
  file: string,
  text: string,
  current: Graph,
  types: TypeSource,
): Promise<Graph> {
  // A link, as ConfigMaps and editors make them, stays one.
  const path = await realpath(file);
  const loaded = await checkText(text, file, types);
  if (loaded.problems)
    throw new ToolError(
      'conflict',
      `the topology of that version no longer holds: ${loaded.problems.map(renderProblem).join('\n')}`,
    );
  // Last, so that an edit made meanwhile is not lost.
  if ((await readFile(path, 'utf8')) !== current.text)
    throw new ToolError('conflict', `${file} holds an edit that is not in force; mend or undo it first`);
  await replaceFile(path, text, (await stat(path)).mode & 0o777);
  return loaded.graph;
}
