import type { Client } from './client.ts';
import { inHome, inProject } from './place.ts';

/** Cursor. */
export const cursor: Client = {
  id: 'cursor',
  title: 'Cursor',
  key: 'mcpServers',
  readsComments: true,
  files: {
    user: (machine) => inHome(machine, '.cursor', 'mcp.json'),
    project: (machine) => inProject(machine, '.cursor', 'mcp.json'),
  },
  defaultScope: 'user',
  referencesIn: ['user', 'project'],
  reference: ({ name }) => `\${env:${name}}`,
  typed: ['stdio'],
  urlKey: 'url',
  limits: {
    tools: { value: 40, source: 'https://github.com/bun913/mcp-testrail/issues/6' },
    // The server's name and the tool's, with the colon that Cursor shows between them.
    name: {
      value: 60,
      prefix: (server) => `${server}:`,
      source: 'https://github.com/ComposioHQ/composio/issues/2788',
    },
  },
  next: 'switch the server on in Cursor Settings > MCP; the agent sees its tools in a new chat',
};
