import { z } from 'zod';
import {
  acceptedForms,
  CREDENTIAL_SOURCES,
  type FieldIssue,
  fieldIssues,
  isConfidential,
} from './field-issues.ts';
import type { Findings } from './findings.ts';
import { kindOf, type MapNode, nodeAt, plain, type Span, type TreeNode, textsOf } from './tree.ts';
import { quote } from './words.ts';

/** A value to check against a schema, and how to speak of it. */
export interface Checked {
  readonly node: TreeNode;
  /** Where to point when something is missing: the name of the thing. */
  readonly name: Span;
  /** `component "orders-db"` */
  readonly owner: string;
  readonly schema: z.ZodType;
  /** Fields that stand beside those of the schema, for advice. */
  readonly beside?: readonly string[];
}

const CREDENTIAL_RULE =
  'a credential never stands in the file: write {env: NAME}, {file: PATH}, {kubernetes_secret: ...} or {vault: ...}';

/** Checks a value; reports all that is wrong with it, and returns the schema's output when nothing is. */
export function checkFields(
  checked: Checked,
  findings: Findings,
): Readonly<Record<string, unknown>> | undefined {
  const { node, schema } = checked;
  const told = checkTexts(checked, findings);
  const value = plain(node);
  const result = schema.safeParse(value);
  if (result.success) return told.size === 0 ? (result.data as Readonly<Record<string, unknown>>) : undefined;
  for (const issue of fieldIssues(result.error.issues, schema, value))
    if (!told.has(issue.path.join('/'))) report(issue, checked, findings);
  return undefined;
}

/** Finds references in a wrong form and credentials in URLs; returns the paths that need no second report. */
function checkTexts({ node, schema }: Checked, findings: Findings): Set<string> {
  const told = new Set<string>();
  for (const { node: scalar, text, path } of textsOf(node)) {
    if (!/[$@{%]/.test(text)) continue;
    const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)?.[1];
    if (/:\/\/[^/\s?#]*@/.test(text)) {
      findings.hide(scalar);
      findings.error(scalar, `credentials in a URL are not allowed; ${CREDENTIAL_RULE}`);
    } else if (reference !== undefined) {
      findings.error(scalar, `${quote(text)} is not a reference here: write {env: ${reference}}`);
    } else if (!/^\$[A-Za-z_][A-Za-z0-9_]*$|\$\{[^}]*\}|^\{\{.*\}\}$|^%\w+%$/.test(text)) {
      continue;
    } else if (isConfidential(schema, path)) {
      // `$ecret` may be a password as well as a reference, so it is not repeated.
      findings.hide(scalar);
      findings.error(scalar, CREDENTIAL_RULE);
    } else {
      const name = /(?:[$%]|\{)\{?\s*([A-Za-z_][A-Za-z0-9_]*)/.exec(text)?.[1] ?? 'NAME';
      const whole = text === `$${name}` ? '' : ' as the whole value';
      findings.error(scalar, `${quote(text)} is not a reference here: write {env: ${name}}${whole}`);
    }
    told.add(path.join('/'));
  }
  return told;
}

function report(issue: FieldIssue, checked: Checked, findings: Findings): void {
  const { node, name, owner, schema } = checked;
  const at = nodeAt(node, issue.path);
  const place = placeOf(issue.path, owner);
  switch (issue.kind) {
    case 'unknown-field': {
      const field = issue.field ?? '';
      const entry = at?.kind === 'map' ? at.entries.get(field) : undefined;
      if (entry) findings.hide(entry.value);
      const known = issue.path.length === 0 ? [...issue.accepted, ...(checked.beside ?? [])] : issue.accepted;
      findings.error(
        entry?.key ?? name,
        `unknown field ${quote(field)} of ${place}`,
        findings.advise(field, known),
      );
      return;
    }
    case 'missing': {
      const where = issue.path.length === 0 ? name : (keyOf(node, issue.path) ?? name);
      findings.error(
        where,
        `${place} needs the field ${quote(issue.field ?? '')}${acceptedForms(issue.accepted)}`,
        { text: '', accepted: issue.accepted },
      );
      return;
    }
    case 'literal-credential':
      if (at) findings.hide(at);
      findings.error(at ?? name, `${place}: ${CREDENTIAL_RULE}`, { text: '', accepted: CREDENTIAL_SOURCES });
      return;
    case 'wrong-type': {
      const confidential = isConfidential(schema, issue.path);
      if (at && confidential) findings.hide(at);
      const given = at ? describeGiven(at, confidential) : 'nothing';
      findings.error(at ?? name, `${place} cannot be ${given}${acceptedForms(issue.accepted)}`, {
        text: '',
        accepted: issue.accepted,
      });
      return;
    }
    case 'invalid':
      invalid(issue, at, checked, findings);
  }
}

function invalid(
  issue: FieldIssue,
  at: TreeNode | undefined,
  { name, owner, schema }: Checked,
  findings: Findings,
): void {
  const place = placeOf(issue.path, owner);
  const confidential = isConfidential(schema, issue.path);
  if (at && confidential) findings.hide(at);
  if (issue.path.at(-1) === 'env') {
    const given =
      !confidential && at?.kind === 'scalar' && !/[^\w .$-]/.test(String(at.value))
        ? ` ${quote(String(at.value))}`
        : '';
    findings.error(
      at ?? name,
      `${place}: ${given.trim() || 'this'} is not the name of an environment variable: write {env: FOO}, with letters, digits and _ only`,
    );
    return;
  }
  findings.error(at ?? name, `${place} ${issue.message ?? 'is not valid'}`);
}

const describeGiven = (node: TreeNode, confidential: boolean): string =>
  node.kind === 'scalar' && node.value !== null && !confidential ? described(node.value) : kindOf(node);

const described = (value: string | number | boolean): string =>
  typeof value === 'string' ? `text ${quote(value)}` : String(value);

const placeOf = (path: readonly PropertyKey[], owner: string): string =>
  path.length === 0 ? owner : `${quote(path.map(String).join('.'))} of ${owner}`;

/** The key under which the node at a path stands. */
function keyOf(node: TreeNode, path: readonly PropertyKey[]): Span | undefined {
  const parent = nodeAt(node, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.key : nodeAt(node, path);
}

/** A map with only some of another's entries: what one schema is to see of it. */
export const only = (node: MapNode, wanted: (key: string) => boolean): MapNode => ({
  ...node,
  entries: new Map([...node.entries].filter(([key]) => wanted(key))),
});

const strict = new WeakMap<z.ZodObject, z.ZodObject>();

/** The schema, refusing unknown fields. Made once each, since zod compiles a schema at its first use. */
export function strictOf(schema: z.ZodObject): z.ZodObject {
  const known = strict.get(schema) ?? z.clone(schema, { ...schema._zod.def, catchall: z.never() });
  strict.set(schema, known);
  return known;
}
