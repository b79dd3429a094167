import { ToolError } from '../../toolset/errors.ts';
import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { carries, type Matcher, matchersOf, refuseLong } from '../../toolset/query/matcher.ts';
import { parseLogql } from './logql/parse.ts';
import { type Printed, printLogql } from './logql/print.ts';
import type { Selector } from './logql/selector.ts';

const MAX_BYTES = 16 * 1024;
/** The injected labels may make a query of many selectors longer than what was sent. Loki itself reads 128 KiB. */
const MAX_PRINTED_BYTES = 120 * 1024;

/** A query that is proven to read only the scope's streams. */
export interface Guarded {
  /** The query to send, written anew from its parse tree. */
  readonly logql: string;
  readonly kind: Printed['kind'];
  /** Every stream selector in it, injected matchers included. */
  readonly selectors: readonly Selector[];
}

/**
 * Confines one LogQL query to a label scope.
 *
 * The text is parsed, each node checked against what is known, and the tree printed anew with the scope's
 * labels in every stream selector; what was printed is then parsed again and must show the same selectors and
 * print to itself. So the backend reads no byte that was not understood here.
 * Throws ToolError('query_refused') with the place and what is accepted.
 */
export function guardQuery(text: string, scope: ScopeLabels): Guarded {
  refuseLong(text, MAX_BYTES);
  const inject = matchersOf(scope);
  const printed = printLogql(parseLogql(text), inject, scope);
  refuseLong(printed.text, MAX_PRINTED_BYTES);
  verify(printed, inject, scope);
  return { logql: printed.text, kind: printed.kind, selectors: printed.selectors };
}

/**
 * Confines one stream selector, as the series, label, stats and pattern endpoints take it.
 * Throws ToolError('query_refused') when the text is anything else than one selector.
 */
export function guardSelector(text: string, scope: ScopeLabels): string {
  refuseLong(text, MAX_BYTES);
  const { root } = parseLogql(text);
  const [logs, selector] = [root.firstChild?.firstChild, root.firstChild?.firstChild?.firstChild];
  if (logs?.name === 'LogExpr' && selector?.name === 'Selector' && selector.nextSibling === null) {
    return guardQuery(text, scope).logql;
  }
  throw new ToolError(
    'query_refused',
    'expected one stream selector such as {app="api"}, without filters or functions',
  );
}

/** Reads what was printed as a stranger would. Throws when anything in it is not as intended. */
function verify(printed: Printed, inject: readonly Matcher[], scope: ScopeLabels): void {
  const again = printLogql(parseLogql(printed.text), [], scope);
  const same = again.text === printed.text && again.selectors.length === printed.selectors.length;
  if (!same || !again.selectors.every((selector) => carries(selector, inject))) {
    throw new ToolError(
      'query_refused',
      'the query could not be confined to the link’s labels; write it simpler',
    );
  }
}
