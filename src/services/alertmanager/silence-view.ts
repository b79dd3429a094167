import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Silence, SilenceContent } from './api.ts';
import { show } from './matcher.ts';

/** A silence's id, as the server gives it. */
export const SilenceId = z.uuid().describe('Id of the silence, as am_silences shows it');

/** A silence as the tools show it. */
export const SilenceView = z.strictObject({
  id: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
  matchers: z.array(z.string()).describe('All of them must match an alert'),
  starts_at: z.string(),
  ends_at: z.string(),
  created_by: z.string(),
  comment: z.string(),
});

export const silenceView = ({ id, status, ...content }: Silence): z.output<typeof SilenceView> => ({
  id,
  state: status.state,
  matchers: content.matchers.map(show),
  starts_at: content.startsAt,
  ends_at: content.endsAt,
  created_by: content.createdBy,
  comment: content.comment,
});

/** What of a silence a revert must find again: everything but its id, its state and its start, which the server moves. */
export const sameContent = (a: SilenceContent, b: SilenceContent): boolean =>
  Date.parse(a.endsAt) === Date.parse(b.endsAt) &&
  a.createdBy === b.createdBy &&
  a.comment === b.comment &&
  isDeepStrictEqual(a.annotations, b.annotations) &&
  matchersText(a) === matchersText(b);

const matchersText = ({ matchers }: SilenceContent): string => JSON.stringify(matchers.map(show).sort());
