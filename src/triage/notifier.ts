import type { Notice, Notifier } from './run/deps.ts';
import { sayError } from './run/reason.ts';
import type { Tools } from './tools.ts';

/** What the tools take. */
const MOST_SUMMARY = 300;
const MOST_DETAILS = 2_000;
const MOST_BODY = 20_000;
const MOST_TITLE = 200;

/** Letters that people do not see, or that tools obey; the tools refuse them, and a page must go out. */
const UNSEEN =
  /\u034f|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|[\u{e0100}-\u{e01ef}]/gu;
const line = (text: string, most: number): string => text.replace(UNSEEN, ' ').trim().slice(0, most) || '-';

/**
 * Tells people through every on-call system and ticket tracker that the principal's links reach. A ticket holds the
 * trail; a page calls somebody, and goes out where a human has to do something.
 */
export const notifyThrough = (tools: Tools): Notifier => ({
  async tell(notice, signal) {
    const told: string[] = [];
    const failed: unknown[] = [];
    const send = async (
      tool: string,
      what: string,
      argsOf: (notice: Notice, target: string) => Record<string, unknown>,
    ) => {
      const targets = tools.targetsOf(tool);
      for (const target of targets) {
        const which = targets.length > 1 ? `${what} in ${target}` : what;
        try {
          const { seq } = await tools.call(tool, argsOf(notice, target), signal);
          told.push(seq === undefined ? which : `${which} (audit ${seq})`);
        } catch (error) {
          failed.push(error);
        }
      }
    };
    // The page first: whoever is needed shall not wait for a tracker.
    if (notice.urgent) await send('oncall_page', 'paged', pageOf);
    await send('ticket_open', 'ticket opened', ticketOf);
    if (failed.length > 0 && told.length === 0) throw failed[0];
    return [...told, ...failed.map((error) => `not told everybody: ${sayError(error)}`)];
  },
});

const pageOf = ({ run, component, summary, trail }: Notice, target: string) => ({
  target,
  key: `triage-${run}`,
  severity: 'critical',
  summary: line(summary, MOST_SUMMARY),
  component,
  details: bodyOf(trail, MOST_DETAILS),
});

const ticketOf = ({ run, component, summary, trail, urgent }: Notice, target: string) => ({
  target,
  idempotency_key: `triage-${run}-${urgent ? 'human' : 'done'}`,
  title: line(`Triage of ${component}: ${summary}`, MOST_TITLE),
  body: bodyOf(trail, MOST_BODY),
});

/** The end of the trail says most, so a long one is cut in front. */
function bodyOf(trail: readonly string[], most: number): string {
  const text = trail.map((one) => line(one, 1_000)).join('\n');
  return text.length <= most ? text || '-' : `...\n${text.slice(-(most - 4))}`;
}
