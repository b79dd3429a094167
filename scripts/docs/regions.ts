/**
 * Replaces each generated region of a document. A region stands between `<!-- generated: NAME -->` and
 * `<!-- end of generated: NAME -->`, each on a line of its own.
 *
 * @throws Error when a marker is missing or the document has a region that nothing fills.
 */
export function fillRegions(text: string, regions: Readonly<Record<string, string>>, file: string): string {
  let filled = text;
  for (const [name, content] of Object.entries(regions)) {
    const [begin, end] = [`<!-- generated: ${name} -->\n`, `<!-- end of generated: ${name} -->`];
    const from = filled.indexOf(begin);
    const to = filled.indexOf(end);
    if (from < 0 || to < from)
      throw new Error(`${file} has no region '${name}'; add ${begin.trim()} and ${end}`);
    filled = `${filled.slice(0, from + begin.length)}\n${content.trim()}\n\n${filled.slice(to)}`;
  }
  for (const [, name] of text.matchAll(/<!-- generated: (\S+) -->/g))
    if (name === undefined || !Object.hasOwn(regions, name))
      throw new Error(`${file}: nothing fills the region '${name}'`);
  return filled;
}
