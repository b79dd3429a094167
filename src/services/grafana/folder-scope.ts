import type { Endpoint, Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import { FolderEntry } from './connection.ts';

/** Uid that stands for "in no folder". Grafana reserves it, so no folder can have it. */
export const GENERAL = 'general';

/** The one folder that a client is bound to; undefined where the component names no folders. */
export type FolderScope = string | undefined;

/** The folder of an endpoint. Comes from the topology alone. */
export const folderAt = ({ sub, entry }: Pick<Endpoint, 'sub' | 'entry'>): FolderScope =>
  sub === undefined ? undefined : (FolderEntry.parse(entry).uid ?? sub);

/**
 * The folder that confines a call, for its answer and its error messages; clients are bound to it by themselves.
 * Throws ToolError('target_required') when folders exist and the call is on none of them.
 */
export function folderOf(target: Target<FolderEntry>): FolderScope {
  if (target.sub === undefined && target.reach.size > 0)
    throw new ToolError('target_required', `name one folder of ${target.component}`);
  return folderAt({ entry: target.scope, ...(target.sub === undefined ? {} : { sub: target.sub }) });
}

/** A folder's uid as Grafana's answers give it: no folder is absent, empty or `general`, depending on the version. */
export const folderUidOf = (given: string | undefined): string =>
  given === undefined || given === '' ? GENERAL : given;

/** Whether something in the folder that Grafana named lies within the scope. */
export const isInFolder = (given: string | undefined, scope: FolderScope): boolean =>
  scope === undefined || folderUidOf(given) === scope;
