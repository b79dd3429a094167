/** Those who wait for something to come. */
export interface Wakers {
  wake(): void;
  /** Resolves at the next wake, after `withinMs` if that is given, or once `signal` is aborted. */
  next(signal: AbortSignal, withinMs?: number): Promise<void>;
}

export function openWakers(): Wakers {
  const waiting = new Set<() => void>();
  return {
    wake() {
      for (const one of [...waiting]) one();
    },
    next: (signal, withinMs) =>
      new Promise((resolve) => {
        const timer = withinMs === undefined ? undefined : setTimeout(() => wake(), withinMs);
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        if (signal.aborted) wake();
      }),
  };
}
