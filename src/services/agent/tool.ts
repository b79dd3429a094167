import { type Connector as ConnectorOf, toolsOf } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';

export { ToolError } from '../../toolset/errors.ts';

export type AgentTypes = { Reader: object; Writer: object; Entry: Record<string, never> };
export type Connector = ConnectorOf<AgentTypes, Record<string, unknown>>;

export const tool = toolsOf<AgentTypes>();

/** Whether an agent is one that a triage acts as. */
export const isTriage = ({ connection }: Component): boolean => connection.requires === 'diagnosis';
