import { defineService } from '../../toolset/define.ts';
import type { ModelClient } from '../../toolset/model-client.ts';
import { ModelConnection } from './connection.ts';

interface ModelTypes {
  Reader: ModelClient;
  Writer: ModelClient;
  Entry: Record<string, never>;
}

/** Models that the triage asks. It yields no tools: no principal can put words to a model through this server. */
export const model = defineService<ModelTypes, typeof ModelConnection>({
  type: 'model',
  prefix: 'model',
  layer: 'stack',
  title: 'Model',
  description: 'Language models behind an OpenAI-compatible or Anthropic API, which the triage asks.',
  connection: ModelConnection,
  links: {
    asks: { description: 'asks it; what is sent is masked', access: 'read' },
    depends_on: { description: 'cannot work without it', access: 'read' },
  },
  tools: [],
  connect: async () => (await import('./connect.ts')).connector,
});
