/**
 * Fields of a manifest whose text may be shown. An allowlist: a field that is not here shows that it differs and
 * not how, since people put credentials into variables, arguments, annotations and configuration.
 */
const SHOWN = new Set(
  `apiVersion kind name namespace image imagePullPolicy type protocol port targetPort nodePort containerPort
  serviceName serviceAccountName schedule cpu memory ephemeral-storage storage storageClassName host path pathType
  ingressClassName restartPolicy maxSurge maxUnavailable minAvailable topologyKey whenUnsatisfiable effect operator
  terminationMessagePolicy dnsPolicy schedulerName priorityClassName clusterIP externalTrafficPolicy accessModes
  concurrencyPolicy updateStrategy podManagementPolicy`.split(/\s+/),
);
/** Objects whose every text may be shown: Kubernetes' own, and meant to be read. */
const SHOWN_BELOW = new Set(['labels', 'matchLabels', 'nodeSelector', 'requests', 'limits']);
/** Fields that are hidden whatever they are called, with all that is below. */
const HIDDEN_BELOW =
  /^(data|stringData|binaryData|annotations|args|command|value)$|pass(word|wd|phrase)?|secret|token|credential|api[-_]?key/i;

/** Whether the value at a path may be shown. */
export function isShown(path: readonly string[], value: unknown): boolean {
  if (path.some((name) => HIDDEN_BELOW.test(name))) return false;
  if (typeof value !== 'string') return true;
  const last = path.at(-1) ?? '';
  return SHOWN.has(last) || path.slice(0, -1).some((name) => SHOWN_BELOW.has(name));
}
