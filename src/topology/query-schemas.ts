import { z } from 'zod';
import { LAYERS } from './component-type.ts';

const Name = z.string().min(1).max(64);

/** Which part of a long answer to give. */
const paging = {
  limit: z.number().int().min(1).max(500).default(100).describe('The most entries to return'),
  offset: z.number().int().min(0).default(0).describe('How many entries to pass over'),
};

const ofComponents = {
  name: Name.optional().describe('Exactly this component'),
  type: Name.optional().describe('Component type, such as postgresql'),
  layer: z.enum(LAYERS).optional(),
  group: Name.optional(),
  protected: z.boolean().optional(),
  external: z.boolean().optional().describe('Belongs to another stack'),
  text: z.string().min(1).max(200).optional().describe('Part of a name, title or description, in any case'),
};

export const ComponentsQuery = z.strictObject({ ...ofComponents, ...paging });
export const SubComponentsQuery = z.strictObject({
  ...ofComponents,
  name: Name.optional().describe('Exactly this sub-component'),
  component: Name.optional().describe('Only those of this component'),
  ...paging,
});
export const LinksQuery = z.strictObject({
  from: Name.optional().describe('Links that start at this component'),
  to: Name.optional().describe('Links that end at this component'),
  type: Name.optional().describe('Link type, such as queries'),
  sub: Name.optional().describe('Links that reach this sub-component of their target'),
  external: z.boolean().optional().describe('Links that cross into or out of another stack'),
  ...paging,
});
export const NeighborsQuery = z.strictObject({
  component: Name,
  direction: z
    .enum(['in', 'out', 'both'])
    .default('both')
    .describe('in: those that use it; out: those it uses'),
  depth: z.number().int().min(1).max(10).default(1).describe('Links to follow'),
  ...paging,
});
export const ImpactQuery = z.strictObject({
  component: Name.describe('The component that would change or fail'),
  sub: Name.optional().describe('Only this sub-component of it'),
  ...paging,
});

/** A question about the stack's metadata, as `POST /metadata/q` takes it. */
export const MetadataQuery = z.discriminatedUnion('select', [
  ComponentsQuery.extend({ select: z.literal('components') }),
  SubComponentsQuery.extend({ select: z.literal('subcomponents') }),
  LinksQuery.extend({ select: z.literal('links') }),
  NeighborsQuery.extend({ select: z.literal('neighbors') }),
  ImpactQuery.extend({ select: z.literal('impact') }),
]);
export type MetadataQuery = z.output<typeof MetadataQuery>;

const page = {
  total: z.number().int().describe('Entries that fit the question'),
  truncated: z.boolean().describe('More entries follow; ask again with a larger offset'),
  hint: z.string().optional(),
};
const Lists = z.record(z.string(), z.array(z.string()));

export const SubComponentSummary = z.strictObject({
  component: z.string(),
  name: z.string(),
  target: z.string().describe('As tools name it: component/sub-component'),
  lists: Lists.describe('The lists of names that links can narrow, such as schemas'),
});
export const ComponentSummary = z.strictObject({
  name: z.string(),
  type: z.string(),
  layer: z.enum(LAYERS),
  title: z.string().optional(),
  description: z.string().optional(),
  group: z.string().optional(),
  protected: z.boolean(),
  external: z.boolean(),
  stack: z.string().optional(),
  subcomponents: z.array(z.strictObject({ name: z.string(), lists: Lists })),
  links_in: z.number().int(),
  links_out: z.number().int(),
});
export const LinkSummary = z.strictObject({
  from: z.string(),
  to: z.string(),
  type: z.string(),
  access: z.enum(['read', 'full']),
  subcomponents: z.array(z.strictObject({ name: z.string(), lists: Lists })),
  crosses_stack: z.boolean(),
  description: z.string().optional(),
});

export const ComponentsResult = z.strictObject({ components: z.array(ComponentSummary), ...page });
export const SubComponentsResult = z.strictObject({ subcomponents: z.array(SubComponentSummary), ...page });
export const LinksResult = z.strictObject({ links: z.array(LinkSummary), ...page });
export const NeighborsResult = z.strictObject({
  component: z.string(),
  neighbors: z.array(ComponentSummary.extend({ distance: z.number().int().describe('Links away') })),
  links: z
    .array(LinkSummary)
    .describe('The links between the component and the neighbors listed, and among them'),
  ...page,
});
export const ImpactResult = z.strictObject({
  component: z.string(),
  sub: z.string().optional(),
  affected: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      protected: z.boolean(),
      external: z.boolean(),
      distance: z.number().int().describe('Links away'),
      path: z.array(z.string()).describe('From the affected component along its links to the changed one'),
      via: z.string().describe('Type of the first link on that path'),
    }),
  ),
  ...page,
});
