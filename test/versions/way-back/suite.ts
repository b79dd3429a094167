import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICES } from '../../../src/services/index.ts';
import { everyTool } from '../../../src/toolset/every-tool.ts';
import { CUTS } from './cut-short.ts';
import type { Bench, Lab, Scene } from './lab.ts';
import { provesConflict, provesCutShort, provesForGood, provesRoundTrip } from './prove.ts';

/** The same scenes at every run, so that a failure can be repeated. */
const SEED = 20_261;
const RUNS = 2;
/** A machine that does much else at once takes its time. */
const PATIENCE_MS = 120_000;

/** Proves, on one server, every write tool that is tried there. */
export function proveOn(lab: Lab): void {
  describe.skipIf(!lab.isThere)(`on ${lab.name}`, { timeout: PATIENCE_MS }, () => {
    let bench: Bench;
    beforeAll(async () => {
      bench = await lab.open();
    });
    afterAll(() => bench?.close());

    /** Tries a property on random scenes; a failure names the seed and what was given. */
    const forScenes = (tool: string, numRuns: number, holds: (scene: Scene) => Promise<void>) => {
      const scenes = bench.cases.get(tool);
      if (!scenes) throw new Error(`${lab.name} has no case of ${tool}`);
      const property = fc.asyncProperty(scenes, async ({ open }) => holds(await open()));
      return fc.assert(property, { seed: SEED, numRuns, endOnFailure: true });
    };

    test.each(lab.toolsForGood)('%s cannot be taken back, and the plan says why', async (tool) => {
      const every = everyTool(SERVICES.values());
      const declared = every.find((one) => one.tool === tool)?.way_back ?? '';
      const given = await bench.forGood.get(tool)?.();
      if (!given) throw new Error(`${lab.name} has no case of ${tool}`);
      await provesForGood(bench, tool, declared, given);
    });

    describe.each(lab.tools)('%s', (tool) => {
      test('comes back, can be made again, and comes back beside another change', () =>
        forScenes(tool, RUNS, (scene) => provesRoundTrip(bench, tool, scene)));

      test('is not taken back over what somebody did since', () =>
        forScenes(tool, RUNS, async (scene) => {
          if (typeof scene.interfere === 'function') await provesConflict(bench, tool, scene);
          else expect(scene.interfere.never.length).toBeGreaterThan(10);
        }));

      test.each(CUTS)('cut short %s, comes back or says that it cannot tell', (cut) =>
        forScenes(tool, 1, (scene) => provesCutShort(bench, tool, cut, scene)),
      );
    });
  });
}
