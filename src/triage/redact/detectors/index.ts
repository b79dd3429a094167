import type { Detector } from '../detector.ts';
import { awsSecret } from './aws-secret.ts';
import { card } from './card.ts';
import { commandLine } from './command-line.ts';
import { email } from './email.ts';
import { httpHeaders } from './http-headers.ts';
import { iban } from './iban.ts';
import { jwt } from './jwt.ts';
import { markedTokens } from './marked-tokens.ts';
import { namedField } from './named-field.ts';
import { phone } from './phone.ts';
import { privateKey } from './private-key.ts';
import { socialSecurity } from './social-security.ts';
import { tokens } from './tokens.ts';
import { urlUserinfo } from './url-userinfo.ts';

/** Every detector. The surest come first: of two that find the same stretch the first names it. */
export const DETECTORS: readonly Detector[] = [
  privateKey,
  jwt,
  tokens,
  markedTokens,
  awsSecret,
  urlUserinfo,
  httpHeaders,
  commandLine,
  namedField,
  iban,
  card,
  socialSecurity,
  email,
  phone,
];
