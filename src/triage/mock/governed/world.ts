import { type MockBackend, openMockBackend } from '../mock-backend.ts';
import type { Scenario } from '../scenario.ts';

/** The one mock cluster of a demonstration's server. Each incident begins it anew. */
export interface MockWorld {
  begin(scenario: Scenario): MockBackend;
  /** The world as it is; the tools of the mock's services look at it. */
  current(): MockBackend;
}

/** It asks no gate of its own: the server's, before which its tools stand, decides. */
export function openMockWorld(first: Scenario): MockWorld {
  const begin = (scenario: Scenario) => openMockBackend(scenario, { guarded: false });
  let world = begin(first);
  return {
    begin(scenario) {
      world = begin(scenario);
      return world;
    },
    current: () => world,
  };
}
