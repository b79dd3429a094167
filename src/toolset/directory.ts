import { z } from 'zod';
import { type Connector, defineService, type OwnTool, toolsOf } from './define.ts';
import { ToolError } from './errors.ts';
import { wholeSchemasOf } from './tool-schema.ts';

/** Above this many tools a list costs more than it helps, and clients begin to cut it: the directory stands for it. */
export const DIRECTORY_LIMIT = 128;

/** The tool that stands for every other; the call that it names is what is checked, gated and recorded. */
export const CALL_TOOL = 'call_tool';

type Directory = { Reader: object; Writer: never; Entry: Record<string, never> };
const tool = toolsOf<Directory>();

const Name = z.string().min(1).max(48);
/** As many targets as an entry names before it only counts them. */
const SHOWN_TARGETS = 10;

const findTools = tool({
  name: 'find_tools',
  access: 'read',
  reach: 'stack',
  title: 'Find tools',
  description:
    'Search the tools that your links give you, by words in name, title, description and target. Then describe_tool tells the arguments, and call_tool calls one.',
  params: z.strictObject({
    words: z.string().max(200).default('').describe('All of them must occur; none lists everything'),
    target: z.string().max(128).optional().describe('Tools that work on this component or target'),
    access: z.enum(['read', 'write']).optional(),
    offset: z.number().int().min(0).default(0),
  }),
  output: z.strictObject({
    tools: z.array(
      z.strictObject({
        name: z.string(),
        access: z.enum(['read', 'write']),
        title: z.string(),
        targets: z.array(z.string()),
        target_count: z.number().int(),
      }),
    ),
    total: z.number().int(),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'tools',
  async run({ stack, limits }, { words, target, access, offset }) {
    const found = stack
      .tools()
      .filter((one) => fits(one, words, target) && (access ?? one.tool.access) === one.tool.access);
    const page = found.slice(offset, offset + Math.min(limits.rows, 50));
    const isCut = offset + page.length < found.length;
    return {
      tools: page.map(({ tool: { name, access: kind, title }, targets }) => ({
        name,
        access: kind,
        title,
        targets: targets.slice(0, SHOWN_TARGETS),
        target_count: targets.length,
      })),
      total: found.length,
      truncated: isCut,
      ...(isCut ? { hint: `ask again with offset ${offset + page.length}, or with more words` } : {}),
    };
  },
});

const fits = (
  { tool: { name, title, description }, targets }: OwnTool,
  words: string,
  target: string | undefined,
) => {
  const text = `${name} ${title} ${description} ${targets.join(' ')}`.toLowerCase();
  const isThere = (word: string) => text.includes(word);
  const isReached =
    target === undefined || targets.some((one) => one === target || one.startsWith(`${target}/`));
  return isReached && words.toLowerCase().split(/\s+/).every(isThere);
};

const describeTool = tool({
  name: 'describe_tool',
  access: 'read',
  reach: 'stack',
  title: 'Describe a tool',
  description: 'Tell what one tool does, its targets, and the JSON Schemas of its arguments and its result.',
  params: z.strictObject({ name: Name }),
  output: z.strictObject({
    name: z.string(),
    access: z.enum(['read', 'write']),
    title: z.string(),
    description: z.string(),
    targets: z.array(z.string()),
    input_schema: z.record(z.string(), z.unknown()).describe('Of the arguments, besides target'),
    output_schema: z.record(z.string(), z.unknown()),
    truncated: z.boolean(),
    hint: z.string().optional(),
  }),
  list: 'targets',
  async run({ stack }, { name }) {
    const own = stack.tools().find((one) => one.tool.name === name);
    if (!own)
      throw new ToolError(
        'not_found',
        `no link of yours yields a tool ${JSON.stringify(name)}; find_tools lists those there are`,
      );
    const { access, title, description, reach } = own.tool;
    const { input, output } = wholeSchemasOf(own.tool);
    const targets = reach === 'stack' ? [] : [...own.targets];
    return {
      name,
      access,
      title,
      description,
      targets,
      input_schema: { ...input },
      output_schema: { ...output },
      truncated: false,
    };
  },
});

const callTool = tool({
  name: CALL_TOOL,
  access: 'read',
  reach: 'stack',
  relays: true,
  title: 'Call a tool',
  description:
    'Call one of your tools by its name. It is checked, gated and recorded as a call of that tool.',
  params: z.strictObject({
    name: Name,
    arguments: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Its arguments, with target where it has several'),
  }),
  output: z.strictObject({}),
  async run() {
    // The pipeline puts the named call in the place of this one before it looks at either.
    throw new ToolError('invalid_arguments', 'name a tool other than call_tool');
  },
});

const nothingToOpen: Connector<Directory, Record<string, never>> = {
  openReader: async () => ({ client: {}, close: async () => {} }),
  openWriter: async () => {
    throw new ToolError('write_refused', 'the directory writes nothing');
  },
};

/** The three tools that stand for a long list. They are the same whatever the links are, so no client has to list again. */
export const directory = defineService<Directory, z.ZodObject<Record<string, never>>>({
  type: 'directory',
  layer: 'stack',
  title: 'Directory of tools',
  description: 'Finds, describes and calls the tools of a catalog that is too long to list.',
  prefix: 'directory',
  builtIn: true,
  connection: z.strictObject({}),
  links: {},
  tools: [findTools, describeTool, callTool],
  connect: async () => nothingToOpen,
});
