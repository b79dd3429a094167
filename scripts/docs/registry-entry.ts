import { own } from '../bundle-manifest.ts';

/**
 * `server.json`: how the MCP registry tells of Stackward, once its package is published.
 *
 * After https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json
 */
export function registryEntry(): string {
  const option = (name: string, description: string, more: object = {}) => ({
    type: 'named',
    name,
    description,
    ...more,
  });
  const entry = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: own.mcpName,
    title: 'Stackward',
    description: own.description,
    version: own.version,
    packages: [
      {
        registryType: 'npm',
        identifier: own.name,
        version: own.version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        packageArguments: [
          { type: 'positional', value: 'serve' },
          option('--topology', 'The file that draws the links', { format: 'filepath', isRequired: true }),
          option('--as', 'Serve as this agent of the topology; without it as the stack’s own client'),
        ],
        environmentVariables: [
          {
            name: 'STACKWARD_ENV_FILE',
            description: 'A file of NAME=value lines for the variables that the topology names',
            format: 'filepath',
          },
          {
            name: 'STACKWARD_DATA',
            description: 'Where the audit, versions and keys are kept; else .stackward beside the topology',
            format: 'filepath',
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(entry, null, 2)}\n`;
}
