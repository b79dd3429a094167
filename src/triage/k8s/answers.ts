import { z } from 'zod';

/** As much of what the tools give back as the triage reads. */
export const Workloads = z.object({
  workloads: z.array(
    z.object({
      desired: z.number(),
      ready: z.number(),
      rolled_out: z.boolean(),
      images: z.array(z.string()),
      revision: z.number().optional(),
    }),
  ),
});

export const Revisions = z.object({
  revisions: z.array(
    z.object({
      revision: z.number(),
      current: z.boolean(),
      images: z.array(z.string()),
      change_cause: z.string().optional(),
      created: z.string().optional(),
    }),
  ),
});
export type ClusterRevision = z.output<typeof Revisions>['revisions'][number];

export const Pods = z.object({ pods: z.array(z.object({ name: z.string() })) });
export const Logs = z.object({ lines: z.array(z.string()) });
export const Ranges = z.object({
  series: z.array(
    z.object({
      metric: z.record(z.string(), z.string()),
      values: z.array(z.tuple([z.number(), z.union([z.string(), z.number()])])),
    }),
  ),
});

/** The image of the first container, without the container's name. */
export const imageOf = (images: readonly string[]): string => images[0]?.replace(/^[^=]*=/, '') ?? '';

const COMMIT = /(?<![0-9a-f])[0-9a-f]{7,40}(?![0-9a-f])/;

/**
 * The commit of a revision: what looks like one in the image's tag, else in its change-cause, else the tag or digest
 * itself. It only ever names a revision among those of one workload, so a text that lies can name no other's.
 */
export function commitOf({ images, change_cause: cause = '' }: ClusterRevision): string {
  const image = imageOf(images);
  const tag = /[:@](?!.*\/)(?<tag>.+)$/.exec(image)?.groups?.tag ?? image;
  if (!image.includes('@')) {
    const found = COMMIT.exec(tag)?.[0];
    if (found !== undefined) return found;
  }
  return COMMIT.exec(cause)?.[0] ?? tag;
}
