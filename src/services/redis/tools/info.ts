import { z } from 'zod';
import { INFO_FIELDS, parseInfo, SECTIONS } from '../info-fields.ts';
import { tool } from '../tool.ts';

export const info = tool({
  name: 'redis_info',
  access: 'read',
  reach: 'component',
  title: 'Server state',
  description:
    'Figures of the server by section: version, memory, clients, persistence, replication, hits and misses.',
  params: z.strictObject({
    sections: z
      .array(z.enum(SECTIONS))
      .min(1)
      .max(SECTIONS.length)
      .default(['server', 'memory', 'clients', 'stats', 'keyspace']),
  }),
  output: z.strictObject({
    sections: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))),
  }),
  async run({ client, signal }, { sections }) {
    const reader = client.during(signal);
    const wanted = [...new Set(sections)];
    const texts = await Promise.all(wanted.map((section) => reader.info(section)));
    const entries = wanted.map((section, i) => {
      const isShown = (field: string) =>
        section === 'keyspace' ? field === `db${reader.database}` : INFO_FIELDS[section].has(field);
      return [section, parseInfo(texts[i] ?? '', isShown)] as const;
    });
    return { sections: Object.fromEntries(entries) };
  },
});
