import { z } from 'zod';
import type { Alert } from '../backend.ts';
import type { Signals } from '../contracts.ts';
import type { Tools } from '../tools.ts';

const BACK_MS = 24 * 60 * 60_000;
/** A shorter name of a commit could stand in any text. */
const LEAST_COMMIT = 7;

const Annotations = z.object({
  annotations: z.array(z.object({ text: z.string(), tags: z.array(z.string()) })),
});

type Deploys = Signals['recent_deploys'];

/**
 * Deploys with what people marked about them in a linked Grafana. A mark belongs to the deploy whose commit it names; it
 * adds words and no deploy, since whoever may annotate could make deploys up.
 */
export async function annotated(
  tools: Tools,
  deploys: Deploys,
  alert: Alert,
  signal: AbortSignal,
): Promise<Deploys> {
  const from = new Date(Date.parse(alert.at) - BACK_MS).toISOString();
  const read = tools.targetsOf('grafana_annotations').map(async (target) => {
    const args = { target, from, type: 'annotation' };
    const { output } = await tools.call('grafana_annotations', args, signal);
    return Annotations.parse(output).annotations;
  });
  const marks = (await Promise.all(read.map((one) => one.catch(() => [])))).flat();
  return deploys.map((deploy) => {
    const mark = marks.find((one) => isAbout(one, deploy.commit));
    return deploy.message !== undefined || !mark ? deploy : { ...deploy, message: mark.text };
  });
}

const isAbout = ({ text, tags }: { text: string; tags: readonly string[] }, commit: string): boolean =>
  commit.length >= LEAST_COMMIT && [...text.split(/[^0-9A-Za-z._-]+/), ...tags].includes(commit);
