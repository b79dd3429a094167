import { type Detector, matchAt, runEnd, runStart } from '../detector.ts';

const BEGIN = /-{3,5} ?BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{3,5}/g;
const END = /-{3,5} ?END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{3,5}/y;
const END_ANYWHERE = /-{3,5} ?END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{3,5}/g;
/** Base64, its line breaks however they are written, and the frames that logs and code put around lines. */
const BODY = /[A-Za-z0-9+/=\s\\"',|>%&;#:.()_]/;
const BODY_BACKWARDS = /[A-Za-z0-9+/=\s\\]/;
/** Headers inside a key, such as `Proc-Type: 4,ENCRYPTED` and `DEK-Info: AES-128-CBC,...`. */
const HEADER = /(?:Proc-Type|DEK-Info|Comment|Version|AES-\d{3}|DES-EDE\d|[A-Z0-9]{1,8}-CBC)/y;
/** What DER and OpenSSH private keys begin with in base64, for one that lost its frame. */
const BARE =
  /(?:MII[A-Za-z0-9+/]{2}[wgA-Za-z]IBAD?[AK][A-Za-z0-9+/]{24,}|MHcCAQEEI[A-Za-z0-9+/]{24,}|MI[GH][A-Za-z0-9+/]{1,4}AgEAMB[A-Za-z0-9+/]{24,}|MC4CAQAwBQYDK2V[A-Za-z0-9+/]{20,}|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{24,})[=]{0,2}/g;
const PUTTY = /Private-Lines: \d{1,4}/g;
const BASE64_LINES = /(?:\s{1,4}[A-Za-z0-9+/=]{8,80})*/y;
/** What is left of the line in which a key was cut off. */
const LAST_LINE = /(?:\r?\n|\\{1,4}n)[A-Za-z0-9+/=]{1,15}(?=["'\\\s`;<]|$)/y;
const LONGEST_CUT = 16_384;

/** Private keys in PEM, whole or cut at either end, on many lines or on one; and keys that lost their frame. */
export const privateKey: Detector = {
  name: 'private-key',
  find(text, add) {
    if (text.includes('PRIVATE KEY')) framed(text, add);
    for (const match of text.matchAll(BARE)) {
      const end = match.index + match[0].length;
      add('private-key', match.index, end + (matchAt(BASE64_LINES, text, end)?.[0].length ?? 0));
    }
    if (!text.includes('Private-Lines: ')) return;
    for (const match of text.matchAll(PUTTY)) {
      const from = match.index + match[0].length;
      add('private-key', from, from + (matchAt(BASE64_LINES, text, from)?.[0].length ?? 0));
    }
  },
};

function framed(text: string, add: (kind: string, from: number, to: number) => void): void {
  let taken = 0;
  for (const match of text.matchAll(BEGIN)) {
    if (match.index < taken) continue;
    taken = keyEnd(text, match.index + match[0].length);
    add('private-key', match.index, taken);
  }
  for (const match of text.matchAll(END_ANYWHERE)) {
    const from = runStart(text, match.index, BODY_BACKWARDS, LONGEST_CUT);
    const key = text.slice(from, match.index).search(/[A-Za-z0-9+/=]{16}/);
    if (key >= 0) add('private-key', from + key, match.index + match[0].length);
  }
}

/** Where a key that began ends: after its END line, or where the text stops looking like one. */
function keyEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    end = runEnd(text, end, BODY);
    const header = matchAt(HEADER, text, runStart(text, end, /[A-Za-z0-9]/, 8));
    const frame = matchAt(END, text, end);
    if (frame) return end + frame[0].length;
    if (!header || header.index + header[0].length <= end) break;
    end = header.index + header[0].length;
  }
  return cutEnd(text, at, end);
}

/** Of a key that was cut short only what looks like base64 goes: the prose after it stays. */
function cutEnd(text: string, at: number, end: number): number {
  let last = at;
  for (const { 0: word, index } of text.slice(at, end).matchAll(/[A-Za-z0-9+/=]{16,}/g)) {
    if (at + index - last > 64) break;
    last = at + index + word.length;
  }
  return last + (matchAt(LAST_LINE, text, last)?.[0].length ?? 0);
}
