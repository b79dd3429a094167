interface Head<T> {
  next: T;
  readonly rest: AsyncGenerator<T>;
}

/** Merges streams that are each in their own order by when the next of each happened; ends them all when it is ended. */
export async function* mergeByTime<T>(
  streams: readonly AsyncGenerator<T>[],
  timeOf: (one: T) => string,
  isNewestFirst: boolean,
): AsyncGenerator<T> {
  const heads: Head<T>[] = [];
  try {
    for (const rest of streams) {
      const first = await rest.next();
      if (!first.done) heads.push({ next: first.value, rest });
    }
    while (heads.length > 0) {
      const head = pick(heads, timeOf, isNewestFirst);
      yield head.next;
      const following = await head.rest.next();
      if (following.done) heads.splice(heads.indexOf(head), 1);
      else head.next = following.value;
    }
  } finally {
    await Promise.all(streams.map((rest) => rest.return(undefined)));
  }
}

function pick<T>(heads: readonly Head<T>[], timeOf: (one: T) => string, isNewestFirst: boolean): Head<T> {
  return heads.reduce((best, head) => {
    const earlier = timeOf(head.next) < timeOf(best.next);
    const later = timeOf(head.next) > timeOf(best.next);
    return (isNewestFirst ? later : earlier) ? head : best;
  });
}
