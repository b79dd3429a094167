import type { Connector } from './tool.ts';

/** Nothing to open: the tools work on the triage of this process. */
const NOTHING = async () => ({ client: {}, close: async () => {} });

export const connector: Connector = { openReader: NOTHING, openWriter: NOTHING };
