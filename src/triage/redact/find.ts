import {
  decoded,
  type Escaping,
  JSON_ESCAPES,
  PERCENT_ESCAPES,
  type View,
} from '../../secrets/mask/views.ts';
import { DETECTORS } from './detectors/index.ts';
import { allOf, DISGUISES, ENTITY_ESCAPES } from './disguises.ts';
import { encodedTexts } from './encoded.ts';

/** A stretch of a text that is to be hidden: `from` inclusive, `to` exclusive, in UTF-16 units. */
export interface Finding {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** What stands there once nothing disguises it; tells equal values from others. */
  readonly value: string;
}

/** What a value may be dressed in. Each is taken off alone, so that the others still end a value where they stand. */
const ESCAPINGS: readonly Escaping[] = [DISGUISES, JSON_ESCAPES, PERCENT_ESCAPES, ENTITY_ESCAPES];
/** All at once, twice: JSON in JSON, a URL in JSON. */
const EVERYTHING = allOf(ESCAPINGS);
const LAYERS = 2;

type Keep = (finding: Finding) => void;

/** Finds all that is to be hidden. The findings are in order and do not overlap. */
export function findIn(text: string): Finding[] {
  const findings: Finding[] = [];
  gather(text, LAYERS, (finding) => findings.push(finding));
  return findings.length > 1 ? merge(text, findings) : findings;
}

function gather(text: string, layers: number, keep: Keep): void {
  look(text, keep);
  for (const encoded of encodedTexts(text)) {
    let first: Finding | undefined;
    look(encoded.text, (finding) => {
      first ??= finding;
    });
    if (first) keep({ kind: first.kind, from: encoded.from, to: encoded.to, value: encoded.text });
  }
  if (layers === 0) return;
  const views = ESCAPINGS.map((escaping) => decoded(text, escaping)).filter((view) => view !== undefined);
  // With a single kind of escape in the text, taking all off is taking that one off.
  const everything = views.length > 0 ? decoded(text, EVERYTHING) : undefined;
  if (everything) within(everything, layers - 1, keep);
  if (views.length > 1) for (const view of views) within(view, 0, keep);
}

function within(view: View, layers: number, keep: Keep): void {
  gather(view.text, layers, (finding) => keep({ ...finding, ...view.toSource(finding.from, finding.to) }));
}

function look(text: string, keep: Keep): void {
  for (const detector of DETECTORS) {
    detector.find(text, (kind, from, to) => {
      if (to > from) keep({ kind, from, to, value: text.slice(from, to) });
    });
  }
}

/** Joins what overlaps, so that no end of one value shows beside another. What was found first and is longest names the whole. */
function merge(text: string, findings: Finding[]): Finding[] {
  const order = new Map(findings.map((finding, i) => [finding, i]));
  findings.sort((a, b) => a.from - b.from || b.to - a.to || (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const merged: Finding[] = [];
  let longest = 0;
  for (const finding of findings) {
    const last = merged.at(-1);
    const width = finding.to - finding.from;
    if (!last || finding.from >= last.to) {
      merged.push(finding);
      longest = width;
      continue;
    }
    const names = width > longest ? finding : last;
    longest = Math.max(longest, width);
    const to = Math.max(last.to, finding.to);
    const isWhole = names.from === last.from && names.to === to;
    merged[merged.length - 1] = {
      kind: names.kind,
      from: last.from,
      to,
      value: isWhole ? names.value : text.slice(last.from, to),
    };
  }
  return merged;
}
