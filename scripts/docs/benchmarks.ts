import { z } from 'zod';
import { table } from './markdown.ts';

const Series = z.object({ p50: z.number(), p99: z.number(), count: z.number() });
const Fleet = Series.extend({
  per_second: z.number(),
  cpu_ms_per_call: z.number(),
  refused: z.number(),
});
const Compared = { governed: Series, ungoverned: Series };

/** As much of what `npm run bench -- --json` writes as the document shows. */
const Figures = z.object({
  date: z.string(),
  machine: z.object({
    node: z.string(),
    cpu: z.string().optional(),
    cores: z.number(),
    memory_gib: z.number(),
  }),
  select: z.array(
    z.object({ backend_ms: z.number(), ...Compared, ratio: z.object({ p50: z.number(), p99: z.number() }) }),
  ),
  throughput: z.array(
    z.object({
      transport: z.string(),
      callers: z.number(),
      governed: z.number(),
      ungoverned: z.number(),
      ratio: z.number(),
    }),
  ),
  cold_start: z.object({ ...Compared, ratio: z.object({ p50: z.number() }) }),
  toolbox: z
    .object({
      rows: z.array(
        z.object({
          callers: z.number(),
          ours: Series.extend({ per_second: z.number() }),
          toolbox: Series.extend({ per_second: z.number() }),
          ratio: z.object({ per_second: z.number(), p50: z.number(), p99: z.number() }),
        }),
      ),
      memory_mib: z.object({ ours: z.number(), toolbox: z.number() }),
    })
    .optional(),
  replicas: z
    .array(
      z.object({
        replicas: z.number(),
        callers: z.number(),
        ours: Fleet,
        bare: Fleet,
        nothing: Fleet,
      }),
    )
    .optional(),
  losses: z
    .object({
      calls: z.number(),
      writes: z.number(),
      replicas: z.number(),
      kills: z.number(),
      seconds: z.number(),
      done: z.number(),
      refused: z.number(),
      unknown: z.number(),
      broken: z.number(),
      records_lost: z.number(),
      intents: z.number(),
      intents_without_one_end: z.number(),
      written_twice: z.number(),
      told_wrongly: z.number(),
      written_unrecorded: z.number(),
      audit_ok: z.boolean(),
    })
    .optional(),
  isolation: z
    .array(
      z.object({
        sick: z.string(),
        beside_sick: Series,
        beside_well: Series,
        ratio: z.object({ p50: z.number(), p99: z.number() }),
      }),
    )
    .optional(),
  versions: z
    .array(
      z.object({
        engine: z.string().optional(),
        versions: z.number(),
        list: Series,
        read: Series.optional(),
        diff: Series,
        bytes: z.number(),
        unchanged_version_bytes: z.number(),
      }),
    )
    .optional(),
  audit_queries: z
    .array(
      z.object({
        engine: z.string(),
        records: z.number(),
        records_per_second_64: z.number(),
        verify_records_per_second: z.number(),
        queries: z.array(z.object({ query: z.string(), p50: z.number(), p99: z.number() })),
      }),
    )
    .optional(),
  catalog: z.array(
    z.object({ components: z.number(), load_ms: z.number(), list_bytes: z.number(), call: Series }),
  ),
  audit: z.object({
    records_per_second_1: z.number(),
    records_per_second_64: z.number(),
    verify_1m_seconds: z.number(),
    verify_records: z.number(),
  }),
});
type Figures = z.infer<typeof Figures>;

/** The tables of one run. `text` is the JSON of it; without it the document says that nothing was measured. */
export function benchmarkTables(text: string | undefined): string {
  if (text === undefined) return 'Not measured yet.';
  const figures = Figures.parse(JSON.parse(text));
  const { date, machine } = figures;
  return [
    `Measured on ${date.slice(0, 10)}: Node ${machine.node}, ${machine.cpu ?? 'unknown CPU'}, ${machine.cores} cores, ${machine.memory_gib} GiB.`,
    comparison(figures),
    ...(figures.toolbox ? [toolboxTable(figures.toolbox)] : []),
    ...(figures.replicas ? [replicasTable(figures.replicas)] : []),
    ...(figures.losses ? [lossesTable(figures.losses)] : []),
    ...(figures.isolation ? [isolationTable(figures.isolation)] : []),
    catalogTable(figures),
    ...(figures.versions ? [versionsTable(figures.versions)] : []),
    auditTable(figures),
    ...(figures.audit_queries ? [auditQueryTable(figures.audit_queries)] : []),
  ].join('\n\n');
}

function comparison({ select, throughput, cold_start: start }: Figures): string {
  const rows = [
    ...select.flatMap(({ backend_ms, governed, ungoverned, ratio }) =>
      (['p50', 'p99'] as const).map((part) => [
        `\`SELECT\` over stdio, backend ${backend_ms} ms, ${part}`,
        `${governed[part]} ms`,
        `${ungoverned[part]} ms`,
        `${ratio[part]}x`,
      ]),
    ),
    ...throughput.map(({ transport, callers, governed, ungoverned, ratio }) => [
      `calls per second, ${transport}, ${callers} callers`,
      `${governed}`,
      `${ungoverned}`,
      `${ratio}x`,
    ]),
    [
      'cold start to the answer of `initialize`, p50',
      `${start.governed.p50} ms`,
      `${start.ungoverned.p50} ms`,
      `${start.ratio.p50}x`,
    ],
  ];
  return table(['what', 'governed', 'ungoverned', 'ratio'], rows);
}

const toolboxTable = ({ rows, memory_mib: memory }: NonNullable<Figures['toolbox']>): string =>
  table(
    ['the same query over HTTP', 'Stackward', 'MCP Toolbox for Databases', 'ratio'],
    [
      ...rows.flatMap(({ callers, ours, toolbox, ratio }) => [
        [
          `calls per second, ${callers} callers`,
          `${ours.per_second}`,
          `${toolbox.per_second}`,
          `${ratio.per_second}x`,
        ],
        [`p50, ${callers} callers`, `${ours.p50} ms`, `${toolbox.p50} ms`, `${ratio.p50}x`],
        [`p99, ${callers} callers`, `${ours.p99} ms`, `${toolbox.p99} ms`, `${ratio.p99}x`],
      ]),
      ['resident memory', `${memory.ours} MiB`, `${memory.toolbox} MiB`, ''],
    ],
  );

/** Each figure of ours beside that of the bare server, and of callers and proxy alone. */
const replicasTable = (rows: NonNullable<Figures['replicas']>): string =>
  table(
    ['replicas', 'callers', '', 'calls per second', 'p50', 'p99', 'CPU of the servers, a call', 'refused'],
    rows.flatMap(({ replicas, callers, ...of }) =>
      (
        [
          ['Stackward', of.ours],
          ['bare MCP server', of.bare],
          ['callers and proxy alone', of.nothing],
        ] as const
      ).map(([who, { per_second, p50, p99, cpu_ms_per_call: cpu, refused }], index) => [
        index === 0 ? `${replicas}` : '',
        index === 0 ? `${callers}` : '',
        who,
        `${per_second}`,
        `${p50} ms`,
        `${p99} ms`,
        `${cpu} ms`,
        `${refused}`,
      ]),
    ),
  );

const lossesTable = (losses: NonNullable<Figures['losses']>): string =>
  table(
    [
      `${losses.calls} calls, ${losses.kills} kills of ${losses.replicas} replicas in ${losses.seconds} s`,
      '',
    ],
    [
      ['of them writes', `${losses.writes}`],
      ['done', `${losses.done}`],
      ['refused or failed, and told so', `${losses.refused}`],
      ['ended with `outcome_unknown`, and told so', `${losses.unknown}`],
      ['connection broken, so the caller knows that nothing is known', `${losses.broken}`],
      ['intents', `${losses.intents}`],
      ['intents without exactly one end', `${losses.intents_without_one_end}`],
      ['told to be recorded, and not in the audit', `${losses.records_lost}`],
      ['written twice', `${losses.written_twice}`],
      ['told as done and not there, or as refused and there', `${losses.told_wrongly}`],
      ['written without an intent', `${losses.written_unrecorded}`],
      ['every chain verifies', losses.audit_ok ? 'yes' : 'no'],
    ],
  );

const isolationTable = (rows: NonNullable<Figures['isolation']>): string =>
  table(
    ['one component while another', 'is sick', 'is well', 'ratio'],
    rows.flatMap(({ sick, beside_sick, beside_well, ratio }) =>
      (['p50', 'p99'] as const).map((part) => [
        `is ${sick}, ${part}`,
        `${beside_sick[part]} ms`,
        `${beside_well[part]} ms`,
        `${ratio[part]}x`,
      ]),
    ),
  );

const catalogTable = ({ catalog }: Figures): string =>
  table(
    ['components', 'load', '`tools/list`', 'call p50', 'call p99'],
    catalog.map(({ components, load_ms, list_bytes, call }) => [
      `${components}`,
      `${load_ms} ms`,
      `${list_bytes} bytes`,
      `${call.p50} ms`,
      `${call.p99} ms`,
    ]),
  );

const versionsTable = (rows: NonNullable<Figures['versions']>): string =>
  table(
    [
      'versions of 100 components',
      'list of 10, p50',
      'p99',
      'one, p50',
      'p99',
      'diff, p50',
      'p99',
      'store',
      'one more, nothing changed',
    ],
    rows.map(
      ({ engine = 'folder', versions, list, read, diff, bytes, unchanged_version_bytes: unchanged }) => [
        `${versions}, ${engine}`,
        `${list.p50} ms`,
        `${list.p99} ms`,
        read ? `${read.p50} ms` : '',
        read ? `${read.p99} ms` : '',
        `${diff.p50} ms`,
        `${diff.p99} ms`,
        `${bytes} bytes`,
        `${unchanged} bytes`,
      ],
    ),
  );

function auditQueryTable(rows: NonNullable<Figures['audit_queries']>): string {
  const [first] = rows;
  const of = (say: (row: (typeof rows)[number]) => string) => rows.map(say);
  return table(
    [`audit of ${first?.records ?? 0} records`, ...of(({ engine }) => engine)],
    [
      ['durable records per second, 64 callers', ...of((row) => `${row.records_per_second_64}`)],
      ['records verified per second', ...of((row) => `${row.verify_records_per_second}`)],
      ...(first?.queries ?? []).map(({ query }) => [
        `the newest 50 of ${query}, p50, p99`,
        ...of(({ queries }) => {
          const found = queries.find((one) => one.query === query);
          return found ? `${found.p50} ms, ${found.p99} ms` : '';
        }),
      ]),
    ],
  );
}

const auditTable = ({ audit }: Figures): string =>
  table(
    ['audit', 'figure'],
    [
      ['durable records per second, 1 caller', `${audit.records_per_second_1}`],
      ['durable records per second, 64 callers', `${audit.records_per_second_64}`],
      [`verify of ${audit.verify_records} records`, `${audit.verify_1m_seconds.toFixed(2)} s`],
    ],
  );
