/**
 * Sources do not agree on what a component is called: an alert says `PetSearch`, the graph
 * `PetSearch_AWS::ECS::Fargate`. A name is matched exactly, then by what it starts with; two that fit are none.
 */
export function nameResolver(components: readonly string[]): (name: string) => string {
  const known = new Set(components);
  const byPlain = uniqueBy(components, plain);
  // A component's own clients carry its name and are not what is meant by it.
  const byBase = uniqueBy(
    components.filter((name) => !isView(name)),
    base,
  );
  return (name) => (known.has(name) ? name : (byPlain.get(plain(name)) ?? byBase.get(base(name)) ?? name));
}

/**
 * Components that are only an address as a caller sees it, such as `servi-searc.example.com_remote`, with the one
 * component that stands behind it: the one whose name holds a word of the address's first label. Load balancers
 * shorten the words, so five letters must do; a word that fits two components says nothing.
 */
export function addressLinks(components: readonly string[]): { from: string; to: string }[] {
  const servers = components.filter((name) => !isAddress(name) && !isView(name));
  return components.filter(isAddress).flatMap((from) => {
    const words = (from.toLowerCase().split('.')[0] ?? '')
      .split(/[^a-z]+/)
      .filter(({ length }) => length >= 5);
    const fits = words.map((word) => servers.filter((name) => base(name).includes(word)));
    const [to, other] = new Set(fits.filter(({ length }) => length === 1).flat());
    return to !== undefined && other === undefined ? [{ from, to }] : [];
  });
}

const isAddress = (name: string): boolean =>
  /^[a-z0-9-]+(\.[a-z0-9-]+){2,}(:\d+)?(_remote)?$/i.test(name) && !/^[\d.:]+(_remote)?$/.test(name);

const isView = (name: string): boolean => /_(client|remote)$/i.test(name);

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '');

/** The name without the type behind it: `_AWS::ECS::Fargate`, `_client`, `/prod`. */
const base = (name: string): string =>
  plain(name.replace(/_(client|remote)$/i, '').replace(/[_/]?[A-Za-z]*::.*$/, ''));

function uniqueBy(names: readonly string[], key: (name: string) => string): Map<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const name of names) {
    const one = key(name);
    if (one === '' || found.has(one)) twice.add(one);
    else found.set(one, name);
  }
  for (const one of twice) found.delete(one);
  return found;
}
