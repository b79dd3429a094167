import { expect, test } from 'vitest';
import { openStack } from '../harness/stack.ts';

/** The flaw: a topology of production draws the mock, and what it says passes for the stack. */
test('no server but a demonstration’s knows the type', async () => {
  const topology = 'stack: shop\ncomponents:\n  gateway: {type: mock-service}\n';
  await expect(openStack({ topology })).rejects.toThrow(/mock-service/);
});
