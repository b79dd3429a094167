/** Runs pieces of work one after the other, each whole; one that fails does not stop the next. */
export function openInTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const done = tail.then(work, work);
    tail = done.catch(() => {});
    return done;
  };
}
