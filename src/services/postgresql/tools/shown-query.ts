/** Words beside which a statement may hold a credential: in DDL, connection strings, and functions that take keys. */
const TELLING =
  /passw|secret|token|credential|api_?key|user\s+mapping|subscription|connection|connect\b|conninfo|\bserver\b|dblink|\bcrypt\b|gen_salt|hmac|pgp_|encrypt|decrypt|\bprogram\b/i;
const FIRST_LITERAL = /'|\$(?!\d)|\\/;

/**
 * Another session's statement as it may be shown: where it could hold a credential, it ends at its first literal.
 * It may be cut anywhere, so that no reading of it as SQL can be relied on.
 */
export function shownQuery(text: string | null): string | null {
  if (text === null || !TELLING.test(text)) return text;
  const at = text.search(FIRST_LITERAL);
  return at === -1 ? text : `${text.slice(0, at)}... (cut: it may hold a credential)`;
}
