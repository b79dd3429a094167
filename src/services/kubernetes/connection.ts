import { z } from 'zod';

/** Where a cluster is: a context of a kubeconfig file, or the one that Stackward itself runs in. */
export const KubernetesConnection = z
  .strictObject({
    context: z.string().min(1).max(253).optional().describe('Name of the kubeconfig context of the cluster'),
    kubeconfig: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('Path of the kubeconfig file; $KUBECONFIG or ~/.kube/config if absent'),
    in_cluster: z
      .literal(true)
      .optional()
      .describe('The cluster that Stackward runs in, with its pod’s account'),
  })
  .refine(
    ({ context, in_cluster }) => (context === undefined) !== (in_cluster === undefined),
    'give either context: NAME or in_cluster: true',
  )
  .refine(
    ({ kubeconfig, in_cluster }) => kubeconfig === undefined || in_cluster === undefined,
    'in_cluster: true takes no kubeconfig',
  );
export type KubernetesConnection = z.output<typeof KubernetesConnection>;
