import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What package.json says of Stackward itself. */
export const own = z
  .object({
    name: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.string(),
    type: z.string(),
    keywords: z.array(z.string()),
    engines: z.object({ node: z.string() }),
    mcpName: z.string(),
  })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

/** What the host of the bundle puts a value in the place of. */
const variable = (name: string): string => `\${${name}}`;

/**
 * The manifest of the MCP bundle, after https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md
 *
 * Settings go by environment: of an optional one that is left empty an argument would keep its placeholder.
 */
export const bundleManifest = () => ({
  manifest_version: '0.3',
  name: own.name,
  display_name: 'Stackward',
  version: own.version,
  description: own.description,
  long_description:
    'A topology file names the components of your stack and draws typed links between them. Each link to a service yields typed tools for that service; remove the link and the tools are gone. Reading works as soon as a link is drawn. A write also needs its flag, in the file of variables, and passes a gate. Every call is recorded.',
  author: { name: 'The Stackward authors' },
  license: own.license,
  keywords: own.keywords,
  server: {
    type: 'node',
    entry_point: 'dist/main.js',
    mcp_config: {
      command: 'node',
      args: [`${variable('__dirname')}/dist/main.js`, 'serve'],
      env: {
        STACKWARD_TOPOLOGY: variable('user_config.topology'),
        STACKWARD_AGENT: variable('user_config.agent'),
        STACKWARD_DATA: variable('user_config.data'),
        STACKWARD_ENV_FILE: variable('user_config.env_file'),
      },
    },
  },
  tools_generated: true,
  prompts_generated: true,
  compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: own.engines.node } },
  user_config: {
    topology: {
      type: 'file',
      title: 'Topology file',
      description: 'The file that names the components of your stack and draws the links between them.',
      required: true,
    },
    agent: {
      type: 'string',
      title: 'Agent',
      description:
        'Serve as this agent of the topology. Empty: the stack’s own client, which sees what all links reach.',
      required: false,
      default: '',
    },
    env_file: {
      type: 'file',
      title: 'File of variables',
      description:
        'NAME=value lines for the variables that the topology names, such as passwords. Only you should be able to read it. Empty where the topology reads its credentials from files or a secret store.',
      required: false,
      default: '',
    },
    data: {
      type: 'directory',
      title: 'Data directory',
      description: 'Where the audit, versions and keys are kept. Empty: .stackward beside the topology file.',
      required: false,
      default: '',
    },
  },
});
