import { parser } from '@grafana/lezer-logql';
import { strictParser } from '../../../toolset/query/parse.ts';

/** Parses one LogQL query. Throws ToolError('query_refused') with the place of the first thing not understood. */
export const parseLogql = strictParser(parser, 'LogQL');
