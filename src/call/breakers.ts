import {
  BrokenCircuitError,
  type BulkheadPolicy,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IPolicy,
  wrap,
} from 'cockatiel';
import { ToolError } from '../toolset/errors.ts';

/** Codes that say the backend is at fault, not the call. */
const BACKEND_FAULTS: ReadonlySet<string> = new Set(['unreachable', 'backend_failed', 'timeout']);

export interface Breakers {
  /** Whether a call would be let through now: the breaker is closed, or open for long enough to try again. */
  isClosed(component: string): boolean;
  /** Closes a component's breaker at once. False when nothing was called there yet. */
  reset(component: string): boolean;
  /** Opens a component's breaker for as long as its own faults would have: another replica found it failing. */
  open(component: string): void;
  /** Hears of breakers that this process's own calls opened or closed. Returns how to stop. */
  onChange(hear: (component: string, state: 'open' | 'closed') => void): () => void;
  states(): ReadonlyMap<string, 'closed' | 'open' | 'half_open'>;
  /** Runs within the component's share of concurrency. Throws ToolError('too_busy' | 'breaker_open') instead of waiting without end. */
  run<T>(component: string, share: { running: number; waiting: number }, work: () => Promise<T>): Promise<T>;
}

/** What stands before one component. */
interface Guarded {
  readonly places: BulkheadPolicy;
  readonly policy: IPolicy;
  state(): CircuitState;
  openedAt(): number;
}

/** Five faults in a row open a component's breaker; after `halfOpenAfterMs` one call may try again. */
export function openBreakers({ halfOpenAfterMs = 10_000 }: { halfOpenAfterMs?: number } = {}): Breakers {
  const policies = new Map<string, Guarded>();
  /** Until when the breakers stay open that were opened from elsewhere; by the clock of this process. */
  const openUntil = new Map<string, number>();
  const isOpened = (component: string) => (openUntil.get(component) ?? 0) > Date.now();
  const listeners = new Set<(component: string, state: 'open' | 'closed') => void>();
  const policyOf = (component: string, share: { running: number; waiting: number }) =>
    policies.get(component) ?? guard(component, bulkhead(share.running, share.waiting));
  /** A new breaker before some places: calls that run through the breaker before it keep theirs. */
  const guard = (component: string, places: BulkheadPolicy): Guarded => {
    const breaker = circuitBreaker(
      handleWhen((error) => error instanceof ToolError && BACKEND_FAULTS.has(error.code)),
      { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(5) },
    );
    let openedAt = 0;
    breaker.onStateChange((state) => {
      if (state === CircuitState.Open) openedAt = Date.now();
      if (state === CircuitState.Open) for (const hear of listeners) hear(component, 'open');
      if (state === CircuitState.Closed) for (const hear of listeners) hear(component, 'closed');
    });
    const made = {
      places,
      openedAt: () => openedAt,
      policy: wrap(places, breaker),
      state: () => breaker.state,
    };
    policies.set(component, made);
    return made;
  };
  return {
    isClosed(component) {
      if (isOpened(component)) return false;
      const known = policies.get(component);
      // Only a call moves an open breaker on, so one that is due must not be refused before it gets there.
      return known?.state() !== CircuitState.Open || Date.now() - known.openedAt() >= halfOpenAfterMs;
    },
    reset(component) {
      const known = policies.get(component);
      if (known) guard(component, known.places);
      return openUntil.delete(component) || known !== undefined;
    },
    open(component) {
      openUntil.set(component, Date.now() + halfOpenAfterMs);
    },
    onChange(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    states() {
      const own = [...policies].map(([name, { state }]) => [name, nameOf(state())] as const);
      const opened = [...openUntil.keys()].filter(isOpened).map((name) => [name, 'open'] as const);
      return new Map([...own, ...opened]);
    },
    async run(component, share, work) {
      if (isOpened(component)) throw isOpen(component, halfOpenAfterMs);
      try {
        return await policyOf(component, share).policy.execute(work);
      } catch (error) {
        if (error instanceof BulkheadRejectedError) {
          throw new ToolError(
            'too_busy',
            `${share.running} calls to ${component} run and ${share.waiting} wait; try again shortly`,
          );
        }
        if (error instanceof BrokenCircuitError) {
          throw isOpen(component, halfOpenAfterMs);
        }
        throw error;
      }
    },
  };
}

const isOpen = (component: string, halfOpenAfterMs: number): ToolError =>
  new ToolError(
    'breaker_open',
    `${component} failed five times in a row; it is tried again within ${halfOpenAfterMs / 1000} s`,
  );

const nameOf = (state: CircuitState) =>
  state === CircuitState.Open ? 'open' : state === CircuitState.HalfOpen ? 'half_open' : 'closed';
