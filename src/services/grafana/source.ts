import { isObject, type Source } from './api.ts';
import type { Variable } from './model.ts';
import { Uid } from './names.ts';

/** References that name no data source but something that Grafana does by itself. */
const OWN: Readonly<Record<string, string>> = {
  __expr__: 'it is an expression over other queries, which is not run here',
  '-- Dashboard --': 'it shows the result of another panel',
  '-- Grafana --': 'it is Grafana’s own data source',
  grafana: 'it is Grafana’s own data source',
};
const MIXED = '-- Mixed --';

/**
 * The data source that a stored query runs on, as Grafana knows it now, or the reason why there is none.
 *
 * As in Grafana's front end the panel's own reference counts, and the query's where the panel is mixed or has none.
 * Its type is that of Grafana's list, never the one that the dashboard claims.
 */
export function findSource(
  ofPanel: unknown,
  ofTarget: unknown,
  sources: readonly Source[],
  variables: readonly Variable[],
): Source | string {
  const stored = nameOf(ofTarget);
  if (stored !== undefined && Object.hasOwn(OWN, stored)) return OWN[stored] ?? '';
  const panel = nameOf(ofPanel);
  const isMixed = panel === MIXED;
  if (isMixed && stored === undefined) return 'it names no data source in a mixed panel';
  const name = isMixed || panel === undefined ? stored : panel;
  const isGone = name === undefined && (isObject(ofPanel) || isObject(ofTarget));
  if (isGone) return 'it names the type of a data source and not which one';
  return lookUp(name, sources, variables);
}

function lookUp(name: string | undefined, sources: readonly Source[], variables: readonly Variable[]) {
  const wanted = name === undefined ? 'default' : throughVariable(name, variables);
  if (wanted === undefined) return 'its data source is a variable that the dashboard was saved without';
  if (Object.hasOwn(OWN, wanted)) return OWN[wanted] ?? '';
  const found =
    sources.find(({ uid }) => uid === wanted) ??
    sources.find((source) => source.name === wanted) ??
    (wanted === 'default' ? sources.find(({ isDefault }) => isDefault) : undefined);
  if (!found) return 'Grafana has no such data source, or hides it from the component’s account';
  return Uid.safeParse(found.uid).success ? found : 'the uid of its data source is not of the usual form';
}

/** The uid or the name in a reference; older dashboards have the name alone. */
const nameOf = (reference: unknown): string | undefined => {
  const name = isObject(reference) ? reference.uid : reference;
  return typeof name === 'string' && name !== '' ? name : undefined;
};

/** What a variable of data sources was saved with; the name itself where it is no variable. */
function throughVariable(name: string, variables: readonly Variable[]): string | undefined {
  const reference = /^(?:\$(\w+)|\$\{(\w+)\}|\[\[(\w+)\]\])$/.exec(name);
  if (!reference) return name;
  const variable = variables.find((one) => one.name === (reference[1] ?? reference[2] ?? reference[3]));
  const value = variable?.type === 'datasource' ? variable.current?.value : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
