import { z } from 'zod';
import { parseInfo } from '../info-fields.ts';
import { tool } from '../tool.ts';

/** Figures of MEMORY STATS, in bytes unless the name says otherwise. */
const STATS = [
  'peak.allocated',
  'total.allocated',
  'startup.allocated',
  'replication.backlog',
  'clients.slaves',
  'clients.normal',
  'aof.buffer',
  'overhead.total',
  'keys.count',
  'keys.bytes-per-key',
  'dataset.bytes',
  'dataset.percentage',
  'peak.percentage',
  'fragmentation',
  'fragmentation.bytes',
] as const;
const MOST_ADVICE = 4_000;

export const memory = tool({
  name: 'redis_memory',
  access: 'read',
  reach: 'component',
  title: 'Memory',
  description: 'Where the server’s memory goes, its limit, and the server’s own advice.',
  params: z.strictObject({}),
  output: z.strictObject({
    stats: z.record(z.string(), z.number()),
    maxmemory_bytes: z.number().describe('0 means no limit'),
    maxmemory_policy: z.string(),
    advice: z.string(),
  }),
  async run({ client, signal }) {
    const reader = client.during(signal);
    const [stats, advice, text] = await Promise.all([
      reader.memoryStats(),
      reader.memoryAdvice(),
      reader.info('memory'),
    ]);
    const limits = parseInfo(text, (field) => field === 'maxmemory' || field === 'maxmemory_policy');
    const figures = STATS.filter((name) => stats.has(name)).map(
      (name) => [name, Number(stats.get(name))] as const,
    );
    return {
      stats: Object.fromEntries(figures.filter(([, value]) => Number.isFinite(value))),
      maxmemory_bytes: Number(limits.maxmemory ?? 0),
      maxmemory_policy: String(limits.maxmemory_policy ?? 'unknown'),
      advice: advice.slice(0, MOST_ADVICE),
    };
  },
});
