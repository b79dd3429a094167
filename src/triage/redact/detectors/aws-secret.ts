import type { Detector } from '../detector.ts';

const KEY_ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,16}(?![A-Za-z0-9])/g;
const CANDIDATE = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g;
/** How far from its id a secret key is looked for: a line of CSV, two settings, one object. */
const REACH = 200;

/** An AWS secret access key has no shape but its length; beside an access key's id it is known all the same. */
export const awsSecret: Detector = {
  name: 'aws-secret',
  find(text, add) {
    let looked = 0;
    for (const id of text.matchAll(KEY_ID)) {
      const from = Math.max(0, looked - 41, id.index - REACH);
      looked = id.index + id[0].length + REACH;
      const around = text.slice(from, looked);
      for (const { 0: key, index } of around.matchAll(CANDIDATE)) {
        if (/[a-z]/.test(key) && /[A-Z]/.test(key) && /\d/.test(key))
          add('aws-secret-key', from + index, from + index + 40);
      }
    }
  },
};
