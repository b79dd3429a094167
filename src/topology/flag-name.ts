const word = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '_').toUpperCase();

/**
 * Name of the environment variable that switches writes on: `MCP_ORDERS_DB_WRITE_ACCESS` for a component,
 * `MCP_ORDERS_DB__BILLING_WRITE_ACCESS` for one of its sub-components. A checked graph has no two that collide.
 */
export const flagName = (component: string, sub?: string): string =>
  `MCP_${word(component)}${sub === undefined ? '' : `__${word(sub)}`}_WRITE_ACCESS`;
