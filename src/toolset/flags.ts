import { flagName } from '../topology/flag-name.ts';

/** One write flag as it stands: which variable decided, and what it said. */
export interface Flag {
  readonly on: boolean;
  /** The variable that decided: the sub-component's where it is set, else the component's. */
  readonly variable: string;
  readonly value: string | undefined;
}

/** Where write flags come from. `read` may throw when the store is away; the gate takes that as a refusal. */
export interface FlagStore {
  read(component: string, sub?: string): Flag;
  /** Variables that look like write flags but hold neither `true` nor `false`. They count as off. */
  malformed(): readonly string[];
  /** Variables that look like write flags, set or not to be understood. */
  names(): readonly string[];
}

const PATTERN = /^MCP_[A-Z0-9_]+_WRITE_ACCESS$/;

/** Write flags of an environment: `MCP_<COMPONENT>_WRITE_ACCESS`, `MCP_<COMPONENT>__<SUB>_WRITE_ACCESS`. Only `true` is on. */
export function flagsFrom(env: Readonly<Record<string, string | undefined>>): FlagStore {
  const set = Object.keys(env).filter((name) => PATTERN.test(name) && env[name] !== undefined);
  return {
    read(component, sub) {
      const narrow = sub === undefined ? undefined : flagName(component, sub);
      const variable = narrow !== undefined && env[narrow] !== undefined ? narrow : flagName(component);
      return { on: env[variable] === 'true', variable, value: env[variable] };
    },
    malformed: () => set.filter((name) => env[name] !== 'true' && env[name] !== 'false'),
    names: () => set,
  };
}
