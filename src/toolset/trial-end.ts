/**
 * Thrown by a rehearsal's client in place of a change that its target cannot try: the way back was tried up to there,
 * and nothing was sent. Not an error of the way back, so no `ToolError`, which a tool might take for an answer.
 */
export class TrialEnd extends Error {
  constructor() {
    super('the way back was tried up to its first change');
  }
}

/** Ends the trial of a way back at a change that its target cannot try. */
export const endTrial = async (): Promise<never> => {
  throw new TrialEnd();
};
