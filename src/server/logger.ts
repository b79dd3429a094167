import { type Logger, pino } from 'pino';

export type { Logger };

/** Logs as JSON Lines to standard error: standard output belongs to MCP. */
export const openLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 2, sync: true }),
  );
