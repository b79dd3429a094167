import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { VhostEntry } from './connection.ts';
import { escapeRegex } from './listing.ts';

/**
 * The commands that give a component's account no more than the tools need. `USER` and `PASSWORD` in them are for
 * the operator to fill in.
 *
 * @see https://www.rabbitmq.com/docs/access-control
 */
export function advise(component: Component, access: Access): readonly string[] {
  return [
    'rabbitmqctl add_user USER PASSWORD',
    'rabbitmqctl set_user_tags USER monitoring policymaker',
    ...[...component.subs].map(([name, entry]) => permissions(name, VhostEntry.parse(entry), access)),
  ];
}

/** Reading through the management API needs no right to the resources, only one to enter the virtual host. */
function permissions(name: string, entry: VhostEntry, access: Access): string {
  const vhost = quoted(entry.vhost ?? name);
  const right = access === 'write' ? quoted(patternOf(entry)) : "'^$'";
  return `rabbitmqctl set_permissions --vhost ${vhost} USER ${right} ${right} ${right}`;
}

function patternOf({ queues, exchanges }: VhostEntry): string {
  if (queues === undefined || exchanges === undefined) return '.*';
  const forms = [...queues, ...exchanges].map((pattern) =>
    pattern.endsWith('*') ? `${escapeRegex(pattern.slice(0, -1))}.*` : escapeRegex(pattern),
  );
  // Publishing into one queue goes through the default exchange.
  return `^(?:amq\\.default|${[...new Set(forms)].join('|')})$`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
