import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';

/** The least rights for the component's account. */
export function advise({ subs }: Component, access: Access): readonly string[] {
  const where = subs.size > 0 ? 'on the folders that the topology names alone' : 'on the folders it is for';
  return [
    `a service account without a role, with View ${where}${access === 'write' ? ', and Edit where writes are on' : ''}`,
    'datasources:read and datasources:query on the data sources that panels may be run on, annotations:read, and alert.rules:read; where roles cannot be assigned so finely, Viewer does all but list data sources and run panels',
  ];
}
