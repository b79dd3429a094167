import { z } from 'zod';
import type { JsonValue } from '../../toolset/define.ts';

/** Shapes of the HTTP API's answers, as far as they are read. @see https://grafana.com/docs/grafana/latest/developers/http_api/ */
export type JsonObject = { [key: string]: JsonValue };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const Hit = z.object({
  uid: z.string(),
  title: z.string(),
  type: z.string(),
  tags: z.array(z.string()).nullish(),
  folderUid: z.string().optional(),
  folderTitle: z.string().optional(),
});
export type Hit = z.output<typeof Hit>;
export const Hits = z.array(Hit);

export const Folder = z.object({ uid: z.string(), title: z.string(), parentUid: z.string().optional() });
export type Folder = z.output<typeof Folder>;
export const Folders = z.array(Folder);

/** A data source without its address, its user and its settings, which may hold credentials. */
export const Source = z.object({
  uid: z.string(),
  name: z.string(),
  type: z.string(),
  isDefault: z.boolean().default(false),
});
export type Source = z.output<typeof Source>;
export const Sources = z.array(Source);

export const Health = z.object({ status: z.string().optional() });

export const DashboardAnswer = z.object({
  /** As it is: what is saved again must not have passed a schema that drops what it does not know. */
  dashboard: z.custom<JsonObject>(isObject),
  meta: z.object({
    folderUid: z.string().optional(),
    folderTitle: z.string().optional(),
    isFolder: z.boolean().optional(),
    provisioned: z.boolean().optional(),
    canSave: z.boolean().optional(),
    updated: z.string().optional(),
    updatedBy: z.string().optional(),
  }),
});
export type DashboardAnswer = z.output<typeof DashboardAnswer>;

/** What the account may do: the scopes of each action. */
export const Permissions = z.record(z.string(), z.array(z.string()));
export type Permissions = z.output<typeof Permissions>;

export const Saved = z.object({
  status: z.literal('success'),
  uid: z.string(),
  version: z.number().int(),
});

/** Times are Unix milliseconds. */
export const Annotation = z.object({
  /** 0 for a change of an alert that Grafana keeps elsewhere than in its database. */
  id: z.number().int().default(0),
  dashboardUID: z.string().nullish(),
  panelId: z.number().int().default(0),
  alertName: z.string().optional(),
  newState: z.string().optional(),
  prevState: z.string().optional(),
  time: z.number().default(0),
  timeEnd: z.number().default(0),
  text: z.string().default(''),
  tags: z
    .array(z.string())
    .nullish()
    .transform((tags) => tags ?? []),
  login: z.string().optional(),
  created: z.number().optional(),
  updated: z.number().optional(),
});
export type Annotation = z.output<typeof Annotation>;
export const Annotations = z.array(Annotation);

export const AnnotationCreated = z.object({ id: z.number().int().positive() });

const Labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});

export const AlertRule = z.object({
  uid: z.string().optional(),
  name: z.string(),
  state: z.string().default('unknown'),
  health: z.string().default('unknown'),
  type: z.string().default('alerting'),
  query: z.string().default(''),
  duration: z.number().default(0),
  labels: Labels,
  annotations: Labels,
  alerts: z
    .array(
      z.object({
        labels: Labels,
        state: z.string(),
        activeAt: z.string().nullish(),
        value: z.string().default(''),
      }),
    )
    .nullish()
    .transform((alerts) => alerts ?? []),
});
export type AlertRule = z.output<typeof AlertRule>;

/** Versions before 11.4 do not name the folder of a group by its uid. */
export const RuleGroup = z.object({
  name: z.string(),
  file: z.string(),
  folderUid: z.string().optional(),
  rules: z
    .array(AlertRule)
    .nullish()
    .transform((rules) => rules ?? []),
});
export type RuleGroup = z.output<typeof RuleGroup>;
export const RulesAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ groups: z.array(RuleGroup) }),
});

/** Places of a column's values that JSON has no number for. */
const Entities = z.object({
  NaN: z.array(z.number()).optional(),
  Inf: z.array(z.number()).optional(),
  NegInf: z.array(z.number()).optional(),
});
export type Entities = z.output<typeof Entities>;

/** A data frame. @see https://grafana.com/developers/dataplane/ */
export const Frame = z.object({
  schema: z.object({
    name: z.string().optional(),
    fields: z
      .array(
        z.object({
          name: z.string().default(''),
          type: z.string().default('other'),
          labels: z.record(z.string(), z.string()).nullish(),
          config: z.object({ displayNameFromDS: z.string().optional() }).nullish(),
        }),
      )
      .nullish()
      .transform((fields) => fields ?? []),
  }),
  data: z
    .object({
      values: z
        .array(z.array(z.unknown()))
        .nullish()
        .transform((values) => values ?? []),
      entities: z.array(Entities.nullable()).nullish(),
    })
    .nullish(),
});
export type Frame = z.output<typeof Frame>;

export const QueryAnswer = z.object({
  results: z.record(z.string(), z.object({ error: z.string().optional(), frames: z.array(Frame).nullish() })),
});
