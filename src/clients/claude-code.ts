import type { Client } from './client.ts';
import { below, inProject } from './place.ts';

/** Claude Code. Its documentation speaks of variables in `.mcp.json` alone, so the user's file is given none. */
export const claudeCode: Client = {
  id: 'claude-code',
  title: 'Claude Code',
  key: 'mcpServers',
  readsComments: false,
  files: {
    user: (machine) => below(machine, machine.env.CLAUDE_CONFIG_DIR || machine.home, '.claude.json'),
    project: (machine) => inProject(machine, '.mcp.json'),
  },
  defaultScope: 'project',
  referencesIn: ['project'],
  reference: ({ name }) => `\${${name}}`,
  typed: ['stdio', 'http'],
  urlKey: 'url',
  limits: {
    name: {
      value: 64,
      prefix: (server) => `mcp__${server}__`,
      source: 'https://github.com/cloudflare/skills/issues/11',
    },
    description: { value: 2048, source: 'https://code.claude.com/docs/en/mcp' },
    resultTokens: { value: 25_000, source: 'https://code.claude.com/docs/en/mcp' },
  },
  next: 'start claude in the project and allow the server when it asks; /mcp shows it with its tools',
};
