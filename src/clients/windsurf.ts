import type { Client } from './client.ts';
import { inHome } from './place.ts';

/** Windsurf, whose agent is Cascade. It has no file of a project. */
export const windsurf: Client = {
  id: 'windsurf',
  title: 'Windsurf',
  key: 'mcpServers',
  readsComments: false,
  files: { user: (machine) => inHome(machine, '.codeium', 'windsurf', 'mcp_config.json') },
  defaultScope: 'user',
  referencesIn: ['user'],
  reference: ({ name }) => `\${env:${name}}`,
  typed: [],
  urlKey: 'serverUrl',
  limits: {
    tools: { value: 100, source: 'https://docs.windsurf.com/windsurf/cascade/mcp' },
    name: {
      value: 64,
      prefix: () => '',
      source: 'https://github.com/microsoft/foundry-dev-tools/issues/201',
    },
  },
  next: 'press refresh in Windsurf Settings > Cascade > MCP Servers',
};
