/** Bounds that a namespace and a workload have in common, since their tools are the same. */
export const sharing = {
  limits: { rows: 500, bytes: 256 * 1024, deadlineMs: 20_000 },
  concurrency: { running: 6, waiting: 64 },
  /** Pods that one call may start or stop. */
  blastRadius: 50,
} as const;
