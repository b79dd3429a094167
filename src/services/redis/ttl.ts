import { z } from 'zod';

/** Ten years: longer is more likely a mistake of unit. */
const MOST_SECONDS = 315_360_000;

export const TtlSeconds = z.number().int().min(1).max(MOST_SECONDS).describe('Seconds to live, from now');
