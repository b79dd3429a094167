import type { Target } from '../../toolset/define.ts';
import { ToolError } from '../../toolset/errors.ts';
import type { TopicsEntry } from './connection.ts';
import { fits, GroupName, isInternalName, TopicName } from './names.ts';

export type Kind = 'topic' | 'group';
const PATTERNS = { topic: 'match', group: 'groups' } as const;
const NAMES = { topic: TopicName, group: GroupName } as const;

/** Whether an entry leaves a topic or group open. */
export const reaches = (entry: TopicsEntry, kind: Kind, name: string): boolean =>
  NAMES[kind].safeParse(name).success &&
  !(kind === 'topic' && isInternalName(name)) &&
  entry[PATTERNS[kind]].some((pattern) => fits(pattern, name));

/** A topic or group inside a target. Only this file makes one, and every request about one is built from it. */
export class ScopedName<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;

  private constructor(kind: K, name: string) {
    this.kind = kind;
    this.name = name;
  }

  /** Throws ToolError('not_linked') unless the target reaches the name. */
  static within<K extends Kind>(kind: K, target: Target<TopicsEntry>, name: string): ScopedName<K> {
    if (target.sub === undefined)
      throw new ToolError('target_required', `name one set of topics of ${target.component}`);
    if (!reaches(target.scope, kind, name)) {
      const open = target.scope[PATTERNS[kind]].join(', ') || 'none';
      throw new ToolError(
        'not_linked',
        `${kind} ${JSON.stringify(name)} is outside ${target.name}, which reaches: ${open}`,
      );
    }
    return new ScopedName(kind, name);
  }

  toString(): string {
    return this.name;
  }
}
export type ScopedTopic = ScopedName<'topic'>;
export type ScopedGroup = ScopedName<'group'>;

/** A topic to look at or change. Throws ToolError('not_linked'). */
export const topicIn = (target: Target<TopicsEntry>, name: string): ScopedTopic =>
  ScopedName.within('topic', target, name);

/** A consumer group to look at or change. Throws ToolError('not_linked'). */
export const groupIn = (target: Target<TopicsEntry>, name: string): ScopedGroup =>
  ScopedName.within('group', target, name);
