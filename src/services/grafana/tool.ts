import { toolsOf } from '../../toolset/define.ts';
import type { FolderEntry } from './connection.ts';
import type { GrafanaReader } from './reader.ts';
import type { GrafanaWriter } from './writer.ts';

export interface GrafanaTypes {
  Reader: GrafanaReader;
  Writer: GrafanaWriter;
  Entry: FolderEntry;
}

/** Defines one tool of Grafana, with its clients and folder typed. */
export const tool = toolsOf<GrafanaTypes>();

export { complete, completeness } from '../../toolset/completeness.ts';
