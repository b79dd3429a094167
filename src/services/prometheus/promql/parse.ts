import { parser } from '@prometheus-io/lezer-promql';
import { strictParser } from '../../../toolset/query/parse.ts';

/** Parses one PromQL expression. Throws ToolError('query_refused') with the place of the first thing not understood. */
export const parsePromql = strictParser(parser, 'PromQL');
