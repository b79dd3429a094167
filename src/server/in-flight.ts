/** Counts what is going on, and bounds it. */
export interface InFlight {
  /** Takes a place; undefined when none is left. The place is given back by calling what is returned, once. */
  enter(): (() => void) | undefined;
  count(): number;
  /** Resolves when nothing is going on. */
  idle(): Promise<void>;
}

/** @param limit how many places there are */
export function openInFlight(limit = Number.POSITIVE_INFINITY): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];
  const leave = () => {
    count -= 1;
    if (count > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    count: () => count,
    enter() {
      if (count >= limit) return undefined;
      count += 1;
      let isInside = true;
      return () => {
        if (isInside) leave();
        isInside = false;
      };
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
