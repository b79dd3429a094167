import { type ProposedAction, wayBackOf } from '../action.ts';

/** A write as its tool takes it, without its target. */
export interface ActionCall {
  readonly tool: string;
  readonly target: string;
  readonly args: Readonly<Record<string, number>>;
}

/** The tool that does an action, with the arguments as its schema takes them: the recorded diagnosis is bound to these. */
export function callOf(action: ProposedAction): ActionCall {
  const target = action.service;
  return action.kind === 'rollback_deploy'
    ? { tool: 'k8s_rollback_workload', target, args: { revision: Number(action.revision) } }
    : { tool: 'k8s_scale', target, args: { replicas: action.replicas, from: action.way_back.replicas } };
}

/** What a diagnosis lets pass: its action, and the way back of it. */
export const writesOf = (action: ProposedAction): ActionCall[] => [action, wayBackOf(action)].map(callOf);
