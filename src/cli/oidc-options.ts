import type { OidcSettings } from '../server/auth/oidc.ts';
import { isTrustworthyUrl } from '../server/http/loopback.ts';
import { UsageError, type World } from './command.ts';

export interface OidcOptions {
  readonly oidcIssuer?: string;
  readonly oidcAudience?: string;
  readonly oidcScope?: string;
  readonly oidcJwks?: string;
}

/** Where one of the settings came from, so that a message names what has to be mended. */
interface Given {
  readonly name: string;
  readonly value: string;
}

/** The issuer whose tokens are taken, by options or environment; undefined when none is named. Throws UsageError. */
export function oidcOf(options: OidcOptions, env: World['env']): OidcSettings | undefined {
  const given = (option: keyof OidcOptions, name: string, variable: string): Given | undefined => {
    if (options[option] !== undefined) return { name, value: options[option] };
    // Set and empty is how a deployment leaves a variable out.
    return env[variable] ? { name: variable, value: env[variable] } : undefined;
  };
  const issuer = given('oidcIssuer', '--oidc-issuer', 'STACKWARD_OIDC_ISSUER');
  const audience = given('oidcAudience', '--oidc-audience', 'STACKWARD_OIDC_AUDIENCE');
  const scope = given('oidcScope', '--oidc-scope', 'STACKWARD_OIDC_SCOPE');
  const jwks = given('oidcJwks', '--oidc-jwks', 'STACKWARD_OIDC_JWKS');
  if (!issuer) {
    const [alone] = [audience, scope, jwks].filter((one) => one !== undefined);
    if (alone)
      throw new UsageError(`${alone.name} says nothing without --oidc-issuer or STACKWARD_OIDC_ISSUER`);
    return undefined;
  }
  if (!audience)
    throw new UsageError(
      `${issuer.name} needs --oidc-audience or STACKWARD_OIDC_AUDIENCE: the URL of this server that tokens are made for, such as https://stackward.example/mcp`,
    );
  return {
    issuer: urlIn(issuer),
    audience: urlIn(audience),
    ...(scope ? { scope: scopeIn(scope) } : {}),
    ...(jwks ? { jwks: urlIn(jwks) } : {}),
  };
}

/** Compared to the letter later, so it is kept as it was written. */
function urlIn({ name, value }: Given): string {
  if (isTrustworthyUrl(value) && !/[?#\s\\]/.test(value)) return value;
  throw new UsageError(
    `${name} is no https:// URL without user, query and fragment; http:// is taken for 127.0.0.1, [::1] and localhost alone`,
  );
}

/** RFC 6749 §3.3. */
function scopeIn({ name, value }: Given): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(value)) return value;
  throw new UsageError(`${name} is one scope: printable characters without space, " and \\`);
}
