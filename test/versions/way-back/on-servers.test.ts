import { SERVERS } from './labs/index.ts';
import { proveOn } from './suite.ts';

for (const lab of SERVERS) proveOn(lab);
