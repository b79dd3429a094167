const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/**
 * A quantity such as `250m` or `64Mi` in its base unit; undefined when it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityOf(text: string): number | undefined {
  const [, figure, suffix] = /^(\d+(?:\.\d+)?)(n|u|m|k|[KMGTP]i?)?$/.exec(text) ?? [];
  const factor = SUFFIX[suffix ?? ''];
  return figure === undefined || factor === undefined ? undefined : Number(figure) * factor;
}
