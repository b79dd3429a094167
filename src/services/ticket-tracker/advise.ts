import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import type { ProviderName } from './connection.ts';

const ADVICE: Readonly<Record<ProviderName, Readonly<Record<Access, readonly string[]>>>> = {
  github: {
    read: ['a fine-grained token of a machine user for this repository alone, with Issues: read'],
    write: [
      'a fine-grained token of a machine user for this repository alone, with Issues: read and write; the user needs the Triage role, else GitHub drops the labels',
    ],
  },
  jira: {
    read: ['an account with Browse Projects in this project alone'],
    write: [
      'an account with Browse Projects, Create Issues, Add Comments, Delete Own Comments and Transition Issues in this project alone',
    ],
  },
  webhook: { read: [], write: ['signing_secret: share one with the receiver, so that it can refuse others'] },
};

/** The least rights of a component's account at its tracker. */
export const advise = ({ connection }: Component, access: Access): readonly string[] =>
  Object.entries(ADVICE).flatMap(([name, advice]) => (name === connection.provider ? advice[access] : []));
