import type { Access } from '../../toolset/define.ts';
import type { Component } from '../../topology/graph.ts';
import { OPTIONAL_WRITE_COMMAND, READ_COMMANDS, WRITE_COMMANDS } from './commands.ts';
import { escapeGlob, PrefixEntry, prefixBytes } from './prefix.ts';

/**
 * The line that gives a component's account no more than the tools need, for `ACL SETUSER` of Redis and Valkey.
 * `USER` and `PASSWORD` in it are for the operator to fill in.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
 */
export function advise(component: Component, access: Access): readonly string[] {
  const keys = [...component.subs.values()].map((entry) => keyPattern(PrefixEntry.parse(entry)));
  const commands = new Set<string>(READ_COMMANDS);
  if (access === 'write')
    for (const command of [...WRITE_COMMANDS, OPTIONAL_WRITE_COMMAND]) commands.add(command);
  if (component.connection.database !== 0) commands.add('select');
  const rights = [...commands].sort().map((command) => `+${command}`);
  return [
    `ACL SETUSER USER reset on >PASSWORD resetchannels ${[...new Set(keys)].join(' ')} -@all ${rights.join(' ')}`,
    ...(access === 'write'
      ? [`On Redis 6.2 leave out +${OPTIONAL_WRITE_COMMAND}, which that version does not know.`]
      : []),
    ...(keys.some((key) => key.includes('?'))
      ? ['A ? stands for a space, tab or line break of a prefix, which an ACL pattern cannot hold.']
      : []),
  ];
}

/** An ACL pattern is a glob without white space; a space becomes the narrowest glob that still matches it. */
const keyPattern = (entry: PrefixEntry): string =>
  `~${escapeGlob(prefixBytes(entry).toString('utf8')).replace(/[ \t\n\v\f\r\0]/g, '?')}*`;
