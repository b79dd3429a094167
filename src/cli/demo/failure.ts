/** What a step of the demo did not find as it should be; the demo then ends with 1. */
export class DemoFailure extends Error {}

/** Throws DemoFailure where it does not hold. */
export function expect(holds: boolean, what: string): void {
  if (!holds) throw new DemoFailure(`the demo expected ${what}, and did not find it`);
}
