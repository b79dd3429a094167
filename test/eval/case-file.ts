import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { DiagnoseInput, Series } from '../../src/triage/diagnose/input.ts';
import { nameResolver } from '../../src/triage/diagnose/names.ts';

const Points = {
  t: z.array(z.number()),
  series: z.array(
    z.object({
      component: z.string(),
      metric: z.string(),
      stat: z.string(),
      v: z.array(z.number().nullable()),
    }),
  ),
};

/** One incident, in the form of the cases that the diagnoser is judged on; fields that it does not read may be there. */
const CaseFile = z.object({
  format: z.literal('incident-case/1'),
  id: z.string(),
  source: z.object({ name: z.string() }).optional(),
  topology: z.object({
    components: z.array(z.string()),
    links: z.array(z.object({ from: z.string(), to: z.string() })),
  }),
  alert: z.object({
    component: z.string(),
    metric: z.string().optional(),
    stat: z.string().optional(),
    at: z.number(),
  }),
  baseline: z.string().nullish(),
  metrics: z.object(Points),
  logs: z.array(z.object({ t: z.number(), component: z.string(), line: z.string() })).default([]),
  deploys: z
    .array(z.object({ t: z.number(), component: z.string(), sha: z.string(), image: z.string().default('') }))
    .default([]),
  label: z.object({ component: z.string().nullish(), healthy: z.boolean().optional() }),
});

const BaselineFile = z.object({ format: z.literal('incident-baseline/1'), ...Points });

export interface EvalCase {
  readonly id: string;
  readonly source: string;
  readonly input: DiagnoseInput;
  /** The component at fault; null when nothing must be done. */
  readonly culprit: string | null;
}

/** What of a folder can be evaluated. */
export interface CaseFolder {
  readonly cases: readonly EvalCase[];
  /** Each baseline file once, with a case that uses it, so that healthy cases can be cut from it. */
  readonly baselines: readonly {
    readonly file: string;
    readonly series: readonly Series[];
    readonly like: EvalCase;
  }[];
}

/**
 * Reads every `*.json` of a folder that says it is a case, with the baselines beside them.
 * @throws Error that names the file and the field, for the first file that is not in the form
 */
export function readCases(folder: string): CaseFolder {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  const baselines = new Map<string, { file: string; series: readonly Series[]; like: EvalCase }>();
  const cases: EvalCase[] = [];
  for (const file of files) {
    const content = parseJson(join(folder, file));
    if (isBaseline(content)) continue;
    const one = check(CaseFile, content, file);
    const name = one.baseline ?? null;
    const known = name === null ? undefined : baselines.get(name);
    const series = name === null ? undefined : (known?.series ?? readBaseline(folder, name, file));
    const evalCase = toCase(one, series, file);
    cases.push(evalCase);
    if (name !== null && series && !known) baselines.set(name, { file: name, series, like: evalCase });
  }
  if (cases.length === 0) throw new Error(`${folder}: no *.json with "format": "incident-case/1"`);
  return { cases, baselines: [...baselines.values()] };
}

function readBaseline(folder: string, name: string, from: string): readonly Series[] {
  if (basename(name) !== name)
    throw new Error(`${from}: baseline: must be the name of a file beside it, not ${name}`);
  const content = check(BaselineFile, parseJson(join(folder, name)), name);
  return toSeries(content, name, 'series');
}

function toCase(
  one: z.output<typeof CaseFile>,
  baseline: readonly Series[] | undefined,
  file: string,
): EvalCase {
  const named = one.label.healthy ? null : (one.label.component ?? null);
  const culprit = named === null ? null : nameResolver(one.topology.components)(named);
  if (culprit === null && !one.label.healthy)
    throw new Error(`${file}: label.component: expected a name, or label.healthy true`);
  return {
    id: one.id,
    source: one.source?.name ?? 'unnamed',
    culprit,
    input: {
      topology: one.topology,
      alert: one.alert,
      series: toSeries(one.metrics, file, 'metrics.series'),
      ...(baseline && { baseline }),
      logs: one.logs,
      deploys: one.deploys,
    },
  };
}

function toSeries(
  { t, series }: { t: number[]; series: Omit<Series, 't'>[] },
  file: string,
  field: string,
): Series[] {
  return series.map((one, at) => {
    if (one.v.length !== t.length)
      throw new Error(`${file}: ${field}.${at}.v: ${one.v.length} values for ${t.length} points of time`);
    return { ...one, t };
  });
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${basename(path)}: ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
}

const isBaseline = (content: unknown): boolean =>
  BaselineFile.pick({ format: true }).safeParse(content).success;

function check<T>(schema: z.ZodType<T>, content: unknown, file: string): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new Error(`${file}: ${first?.path.join('.') || 'the whole file'}: ${first?.message}`);
}
