import { z } from 'zod';
import { defineService } from '../../../toolset/define.ts';
import type { ServiceLoader } from '../../../toolset/service-source.ts';
import { MOCK_TOOLS, type MockTypes } from './tools.ts';
import type { MockWorld } from './world.ts';

/**
 * `mock-service`: a service of the mock cluster as a component, so that an incident script is worked on through links,
 * tools, gate and audit like anything else. No index names it: a topology that draws one is refused everywhere but in
 * a demonstration.
 */
export const mockService = (world: MockWorld): ServiceLoader => ({
  builtIn: false,
  tools: MOCK_TOOLS.map(({ name }) => name),
  load: async () =>
    defineService<MockTypes, typeof NoConnection>({
      type: 'mock-service',
      prefix: 'mock',
      layer: 'operations',
      title: 'Mock service',
      description: 'A service of the mock cluster of a demonstration; nothing real stands behind it.',
      connection: NoConnection,
      links: {
        calls: { description: 'calls it', access: 'read' },
        operates: { description: 'is responsible for running it' },
      },
      tools: MOCK_TOOLS,
      connect: async () => ({
        openReader: async () => ({ client: world, close: async () => {} }),
        openWriter: async () => ({ client: world, close: async () => {} }),
      }),
      configuration: [{ tool: 'mock_status', fields: ['revision', 'image', 'wanted'] }],
    }),
});

const NoConnection = z.strictObject({});
