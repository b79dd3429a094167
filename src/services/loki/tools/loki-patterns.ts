import { z } from 'zod';
import { complete, completeness } from '../../../toolset/completeness.ts';
import { ToolError } from '../../../toolset/errors.ts';
import { scopeOf } from '../../../toolset/label-scope.ts';
import { periodOf } from '../../../toolset/query/time.ts';
import { PatternsAnswer } from '../api.ts';
import { lookupFields, neededSelectorOf } from '../lookup.ts';
import { tool } from '../tool.ts';

const Pattern = z.strictObject({
  pattern: z.string(),
  level: z.string().optional(),
  lines: z.number(),
  first: z.number().optional().describe('Unix seconds'),
  last: z.number().optional(),
});

export const lokiPatterns = tool({
  name: 'loki_patterns',
  access: 'read',
  title: 'List patterns of log lines',
  description:
    'List the shapes that the lines of a selector have within the link’s labels, the most frequent first. Needs Loki’s pattern ingester.',
  reach: 'sub',
  params: z.strictObject(lookupFields),
  output: z.strictObject({ selector: z.string(), patterns: z.array(Pattern), ...completeness }),
  list: 'patterns',
  async run({ client, target, signal, limits }, lookup) {
    const selector = await neededSelectorOf(lookup, scopeOf(target));
    const params = [['query', selector], ...periodOf(lookup)] as const;
    const { data } = await client
      .ask({ endpoint: 'patterns', params, answer: PatternsAnswer }, signal)
      .catch((error: unknown) => {
        throw error instanceof ToolError && error.code === 'not_found' ? noPatterns(error) : error;
      });
    const found = (data ?? []).map(({ pattern, level, samples }) => {
      const moments = samples.map(([at]) => at).sort((one, other) => one - other);
      const [first, last] = [moments[0], moments.at(-1)];
      return {
        pattern,
        ...(level ? { level } : {}),
        lines: samples.reduce((sum, [, count]) => sum + count, 0),
        ...(first === undefined ? {} : { first }),
        ...(last === undefined ? {} : { last }),
      };
    });
    const patterns = found.sort((one, other) => other.lines - one.lines).slice(0, limits.rows);
    return { selector, patterns, ...complete(found.length > patterns.length, 'narrow it with selector') };
  },
});

const noPatterns = (cause: ToolError) =>
  new ToolError('not_found', 'this Loki keeps no patterns: pattern_ingester is off, or its url is wrong', {
    cause,
  });
