import { z } from 'zod';
import { KeyName } from '../bytes.ts';
import { Count, fitting, Room, Shown, show } from '../page.ts';
import { affordable, assertType } from '../present.ts';
import { keyIn } from '../scoped-key.ts';
import { tool } from '../tool.ts';

/** JSON has no infinity, and Redis has. */
const Score = z.union([z.number(), z.enum(['inf', '-inf'])]);

export const sortedSet = tool({
  name: 'redis_sorted_set',
  access: 'read',
  reach: 'sub',
  title: 'Read a sorted set',
  description:
    'Read members of a sorted set with their scores, in order: all of them, or those within two scores.',
  params: z.strictObject({
    key: KeyName,
    min_score: z.number().optional().describe('Only members with at least this score'),
    max_score: z.number().optional().describe('Only members with at most this score'),
    highest_first: z.boolean().default(false),
    start: z.number().int().min(0).default(0).describe('How many members to pass over'),
    count: Count,
  }),
  output: z.strictObject({
    members: z.array(z.strictObject({ member: Shown, score: Score })),
    start: z.number().int(),
    total: z.number().int().describe('Members of the whole set'),
    truncated: z.boolean(),
    next_start: z.number().int().optional(),
    hint: z.string().optional(),
  }),
  list: 'members',
  async run(
    { client, target, signal, limits },
    { key: name, min_score, max_score, highest_first, start, count },
  ) {
    const key = keyIn(target, name);
    const reader = client.during(signal);
    await assertType(reader, key, 'zset');
    const total = await reader.sortedSetLength(key);
    const wanted = await affordable(reader, key, total, count + 1);
    const range = {
      min: min_score ?? Number.NEGATIVE_INFINITY,
      max: max_score ?? Number.POSITIVE_INFINITY,
      isReversed: highest_first,
    };
    const isByScore = min_score !== undefined || max_score !== undefined;
    const found = isByScore
      ? await reader.sortedSetByScore(key, range, start, wanted)
      : await reader.sortedSetByRank(key, start, start + wanted - 1, highest_first);
    const all = found.map(({ member, score }) => ({ member: show(member, limits), score: scoreOf(score) }));
    const members = fitting(all, new Room(limits, count));
    const next = start + members.length;
    const isMore = members.length < all.length || (all.length === wanted && wanted <= count);
    const rest = isMore ? { next_start: next, hint: `for more, call again with start ${next}` } : undefined;
    return { members, start, total, truncated: isMore, ...rest };
  },
});

const scoreOf = (score: string): z.output<typeof Score> =>
  score === 'inf' || score === '-inf' ? score : Number(score);
