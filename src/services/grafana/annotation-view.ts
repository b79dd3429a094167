import { z } from 'zod';
import type { Annotation } from './api.ts';
import { shownTime } from './time.ts';

/** An annotation as the tools show it; people by their login and not by their address. */
export const AnnotationView = z.strictObject({
  id: z.number().int().optional(),
  dashboard: z.string().optional(),
  panel: z.number().int().optional(),
  time: z.string().optional(),
  end: z.string().optional(),
  text: z.string(),
  tags: z.array(z.string()),
  by: z.string().optional(),
  alert: z.string().optional(),
  state: z.string().optional().describe('Of an alert, from and to'),
});

export function annotationView(one: Annotation): z.output<typeof AnnotationView> {
  const { time, timeEnd, newState, prevState } = one;
  const view = {
    id: one.id > 0 ? one.id : undefined,
    dashboard: one.dashboardUID || undefined,
    panel: one.panelId > 0 ? one.panelId : undefined,
    time: shownTime(time),
    end: timeEnd > time ? shownTime(timeEnd) : undefined,
    text: one.text,
    tags: one.tags,
    by: one.login || undefined,
    alert: one.alertName || undefined,
    state: newState ? `${prevState || '?'} -> ${newState}` : undefined,
  };
  return AnnotationView.parse(
    Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined)),
  );
}
