import type { Client, Variable } from './client.ts';
import { inputPrefix } from './entry.ts';
import { below, inProject, settingsFolder } from './place.ts';

const idOf = ({ name }: Variable, server: string): string => `${inputPrefix(server)}${name}`;

/** VS Code. It asks for each value once and keeps it encrypted, so that it need not be in its environment. */
export const vscode: Client = {
  id: 'vscode',
  title: 'VS Code',
  key: 'servers',
  readsComments: true,
  files: {
    user: (machine) => below(machine, settingsFolder(machine), 'Code', 'User', 'mcp.json'),
    project: (machine) => inProject(machine, '.vscode', 'mcp.json'),
  },
  defaultScope: 'user',
  referencesIn: ['user', 'project'],
  reference: (variable, server) => `\${input:${idOf(variable, server)}}`,
  input: (variable, server) => ({
    type: 'promptString',
    id: idOf(variable, server),
    description: `${variable.name}: ${variable.purpose}`,
    password: variable.isSecret,
  }),
  typed: ['stdio', 'http'],
  urlKey: 'url',
  limits: {
    tools: { value: 128, source: 'https://github.com/microsoft/vscode/issues/337428' },
    // VS Code itself cuts what it puts before a name to 18 characters.
    name: {
      value: 64,
      prefix: (server) => `mcp_${server}_`.slice(0, 18),
      source: 'https://github.com/microsoft/vscode/blob/main/src/vs/workbench/contrib/mcp/common/mcpTypes.ts',
    },
  },
  next: 'run MCP: List Servers, start the server and answer what it asks; its tools are in the tools picker of the chat',
};
