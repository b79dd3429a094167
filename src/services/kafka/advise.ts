import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { TopicsEntry } from './connection.ts';

const TOPIC_RIGHTS = {
  read: ['Describe', 'DescribeConfigs', 'Read'],
  write: ['Describe', 'DescribeConfigs', 'Read', 'Write', 'Create', 'Delete', 'Alter', 'AlterConfigs'],
} as const;
/** Committing takes Read, and deleting a commit takes Delete. */
const GROUP_RIGHTS = { read: ['Describe'], write: ['Describe', 'Read', 'Delete'] } as const;

/**
 * The commands that give a component's account no more than the tools need. `BROKER` and `USER` in them are for the
 * operator to fill in.
 *
 * @see https://kafka.apache.org/documentation/#security_authz
 */
export function advise(component: Component, access: Access): readonly string[] {
  const entries = [...component.subs.values()].map((entry) => TopicsEntry.parse(entry));
  const topics = new Set(entries.flatMap(({ match }) => match));
  const groups = new Set(entries.flatMap((entry) => entry.groups));
  return [
    ...[...topics].map((pattern) => command('topic', pattern, TOPIC_RIGHTS[access])),
    ...[...groups].map((pattern) => command('group', pattern, GROUP_RIGHTS[access])),
  ];
}

function command(resource: string, pattern: string, rights: readonly string[]): string {
  const name = pattern.replace(/\*$/, '');
  const isPrefix = name !== pattern && name !== '';
  const operations = rights.map((right) => `--operation ${right}`).join(' ');
  const type = isPrefix ? ' --resource-pattern-type prefixed' : '';
  return `kafka-acls.sh --bootstrap-server BROKER --add --allow-principal User:USER ${operations}${type} --${resource} ${quoted(name === '' ? '*' : name)}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
