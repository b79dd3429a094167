import { type Problem, renderProblem } from './problem.ts';

/** A topology file that does not hold. The message shows every problem with its place. */
export class TopologyError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map(renderProblem).join('\n\n'));
    this.name = 'TopologyError';
    this.problems = problems;
  }
}
