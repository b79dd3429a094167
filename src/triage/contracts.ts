import { z } from 'zod';
/** What was gathered about an incident, before any model sees it. Times are ISO 8601. */
export const Signals = z.strictObject({
  alert: z.strictObject({
    name: z.string(),
    component: z.string(),
    metric: z.string().optional(),
    summary: z.string(),
    at: z.string(),
  }),
  services: z.array(
    z.strictObject({
      name: z.string(),
      ready: z.number(),
      wanted: z.number(),
      revision: z.string(),
      image: z.string(),
    }),
  ),
  recent_deploys: z.array(
    z.strictObject({
      service: z.string(),
      revision: z.string(),
      image: z.string(),
      commit: z.string(),
      at: z.string(),
      message: z.string().optional(),
    }),
  ),
  metrics: z.array(
    z.strictObject({
      component: z.string(),
      metric: z.string(),
      stat: z.string(),
      points: z.array(z.tuple([z.number(), z.number().nullable()])),
    }),
  ),
  logs: z.array(z.strictObject({ component: z.string(), at: z.string(), line: z.string() })),
  protected_resources: z.array(z.string()),
  links: z.array(z.strictObject({ from: z.string(), to: z.string() })),
});
export type Signals = z.output<typeof Signals>;
export const Diagnosis = z.strictObject({
  hypothesis: z.string(),
  suspected_resource: z.string().nullable(),
  suspected_deploy_sha: z.string().nullable(),
  confidence: z.number().min(0).max(1),
  recommended_action: z.enum(['rollback_deploy', 'scale_service', 'none', 'escalate']),
  evidence: z.array(z.string()),
});
export type Diagnosis = z.output<typeof Diagnosis>;
