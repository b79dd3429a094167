import { useEffect, useState } from 'preact/hooks';
import type { LaidOut, LayoutTask } from './layout.ts';

const SCRIPT = '/console/layout.js';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string;
  };
}
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
// The one script that the page may start; the policy of the server knows no other.
const policy = trustedTypes?.createPolicy('layout', { createScriptURL: () => SCRIPT });

let worker: Worker | undefined;
let asked = 0;

/** Lays a graph out beside the page; undefined until it is done. What was laid out before stays until then. */
export function useLaidOut(task: LayoutTask): LaidOut | undefined {
  const [found, setFound] = useState<{ task: LayoutTask; laidOut: LaidOut }>();
  useEffect(() => {
    worker ??= new Worker(policy ? policy.createScriptURL(SCRIPT) : SCRIPT, { type: 'module' });
    const own = worker;
    asked += 1;
    const id = asked;
    const take = ({ data }: MessageEvent<{ id: number; laidOut: LaidOut }>) => {
      if (data.id === id) setFound({ task, laidOut: data.laidOut });
    };
    own.addEventListener('message', take);
    own.postMessage({ id, task });
    return () => own.removeEventListener('message', take);
  }, [task]);
  return found?.task === task ? found.laidOut : undefined;
}
