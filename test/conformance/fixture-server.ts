import { type HttpServing, serveHttp } from '../../src/server/http.ts';
import { openStack } from '../harness/stack.ts';
import { openEventStore } from './event-store.ts';
import { extensionOf } from './extension.ts';
import { SERVICES } from './fixture-service.ts';

const TOPOLOGY = `stack: conformance
components:
  suite: {type: agent}
`;

/** Serves the fixtures of the conformance suite on the real transport and pipeline. */
export async function serveFixtures({ resumable }: { resumable: boolean }): Promise<HttpServing> {
  const stack = await openStack({ topology: TOPOLOGY, services: SERVICES });
  const serving = await serveHttp(stack.stackward, {
    port: 0,
    extension: extensionOf(stack.stackward),
    ...(resumable ? { resumable: { openEvents: openEventStore, retryMs: 50 } } : {}),
  });
  return {
    ...serving,
    async close() {
      await serving.close();
      await stack.close();
    },
  };
}
