import { ToolError } from '../../toolset/errors.ts';
import type { ScopeLabels } from '../../toolset/label-scope.ts';
import { carries, type Matcher, matchersOf, refuseLong } from '../../toolset/query/matcher.ts';
import type { Parsed } from '../../toolset/query/parse.ts';
import { parsePromql } from './promql/parse.ts';
import { type Printed, printPromql } from './promql/print.ts';
import type { Selector } from './promql/selector.ts';

const MAX_BYTES = 16 * 1024;
/** The injected labels may make a query of many selectors longer than what was sent. */
const MAX_PRINTED_BYTES = 128 * 1024;

/** An expression that is proven to read only the scope's series. */
export interface Guarded {
  /** The expression to send, written anew from its parse tree. */
  readonly expr: string;
  /** Every selector in it, injected matchers included. */
  readonly selectors: readonly Selector[];
}

/**
 * Confines one PromQL expression to a label scope.
 *
 * The text is parsed, each node checked against what is known, and the tree printed anew with the scope's
 * labels in every selector; what was printed is then parsed again and must show the same selectors and
 * print to itself. So the backend reads no byte that was not understood here.
 * Throws ToolError('query_refused') with the place and what is accepted.
 */
export function guardExpression(expr: string, scope: ScopeLabels): Guarded {
  refuseLong(expr, MAX_BYTES);
  const inject = matchersOf(scope);
  const printed = printPromql(parsePromql(expr), inject);
  refuseLong(printed.text, MAX_PRINTED_BYTES);
  verify(printed, inject);
  return { expr: printed.text, selectors: printed.selectors };
}

/**
 * Confines one selector, as the series and label endpoints take it in `match[]`.
 * Throws ToolError('query_refused') when the text is anything else than one selector.
 */
export function guardSelector(text: string, scope: ScopeLabels): string {
  refuseLong(text, MAX_BYTES);
  const parsed = parsePromql(text);
  if (!isOneSelector(parsed)) {
    throw new ToolError(
      'query_refused',
      'expected one selector such as up{job="api"}, without functions or ranges',
    );
  }
  return guardExpression(text, scope).expr;
}

const isOneSelector = ({ root }: Parsed) =>
  root.firstChild?.name === 'VectorSelector' && root.firstChild.nextSibling === null;

/** Reads what was printed as a stranger would. Throws when anything in it is not as intended. */
function verify(printed: Printed, inject: readonly Matcher[]): void {
  const again = printPromql(parsePromql(printed.text), []);
  const same = again.text === printed.text && again.selectors.length === printed.selectors.length;
  if (!same || !again.selectors.every(({ matchers }) => carries(matchers, inject))) {
    throw new ToolError(
      'query_refused',
      'the expression could not be confined to the link’s labels; write it simpler',
    );
  }
}
