import { createInterface } from 'node:readline/promises';
import { type World, writeLine } from './command.ts';

/** Asks for a typed yes. A program that cannot be asked has not said yes; `instead` tells it what it can do. */
export async function isConfirmed(question: string, instead: string, world: World): Promise<boolean> {
  if (!process.stdin.isTTY) {
    writeLine(world.stderr, `nobody is there to be asked; ${instead}`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} Type yes: `);
  terminal.close();
  return answer.trim() === 'yes';
}
