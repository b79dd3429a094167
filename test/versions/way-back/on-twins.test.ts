import { TWINS } from './labs/index.ts';
import { proveOn } from './suite.ts';

for (const lab of TWINS) proveOn(lab);
