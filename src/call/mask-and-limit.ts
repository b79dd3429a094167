import type { Mask } from '../secrets/mask.ts';
import { ToolError } from '../toolset/errors.ts';
import { mayNeedNeutralising, neutraliseJson } from './neutralise.ts';
import type { AllowedRead, AllowedTrial, AllowedWrite, Executed, Masked } from './stages.ts';

/** A result this many times over its limit is cut before it is masked: text of a gigabyte cannot even be made. */
const FAR_OVER = 4;

type Output = Executed['output'];

/** The list of an output that may be cut, and how long it was. */
interface Cuttable {
  readonly name: string;
  readonly items: readonly unknown[];
  readonly total: number;
}

/** Masks every secret, makes hidden characters visible and cuts the result to the byte limit, saying so. */
export function maskAndLimit(
  call: AllowedRead | AllowedWrite | AllowedTrial,
  { output }: Executed,
  mask: Mask,
): Required<Masked> {
  const { bytes } = call.limits;
  const whole = cuttable(output, call.tool.list);
  const clean = cleanOf(bringNear(output, whole, bytes), mask);
  if (Buffer.byteLength(clean.text) <= bytes) return clean;
  return cut(clean.structured, cuttable(clean.structured, call.tool.list, whole?.total), bytes);
}

function cleanOf(output: Output, mask: Mask): Required<Masked> {
  const raw = JSON.stringify(output);
  const masked = mask.text(raw);
  const isTouched = masked !== raw || mayNeedNeutralising(raw);
  if (!isTouched) return { text: raw, structured: output };
  // Masked as a value, not as text: an escape that the mask crosses must not leave broken JSON behind.
  const structured = neutraliseJson(mask.json(JSON.parse(raw))) as Output;
  return { text: JSON.stringify(structured), structured };
}

function cuttable(output: Output, name: string | undefined, total?: number): Cuttable | undefined {
  const items = name === undefined ? undefined : output[name];
  if (name === undefined || !Array.isArray(items)) return undefined;
  return { name, items, total: total ?? items.length };
}

/** Keeps no more of the list than a few times the limit, going by characters, of which JSON has at least as many bytes. */
function bringNear(output: Output, list: Cuttable | undefined, bytes: number): Output {
  let left = spend(list ? { ...output, [list.name]: null } : output, FAR_OVER * bytes);
  if (left < 0) throw tooLarge(`far more than ${bytes} bytes`, bytes);
  if (!list) return output;
  let kept = 0;
  for (; kept < list.items.length; kept++) {
    left = spend(list.items[kept], left);
    if (left < 0) return shortened(output, list, kept, bytes);
  }
  return output;
}

/** What is left of a budget of characters after a value; stops counting once nothing is. */
function spend(value: unknown, budget: number): number {
  if (typeof value === 'string') return budget - value.length;
  if (value === null || typeof value !== 'object') return budget - 1;
  let left = budget - 1;
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    left = spend(item, typeof key === 'string' ? left - key.length : left);
    if (left < 0) break;
  }
  return left;
}

/** Halves the output's list until it fits. */
function cut(output: Output, list: Cuttable | undefined, bytes: number): Required<Masked> {
  if (!list) throw tooLarge(`${Buffer.byteLength(JSON.stringify(output))} bytes`, bytes);
  for (let kept = Math.floor(list.items.length / 2); ; kept = Math.floor(kept / 2)) {
    const structured = shortened(output, list, kept, bytes);
    const text = JSON.stringify(structured);
    if (Buffer.byteLength(text) <= bytes) return { text, structured };
    if (kept === 0) throw tooLarge('a frame that alone is larger', bytes);
  }
}

const shortened = (
  output: Output,
  { name, items, total }: Cuttable,
  kept: number,
  bytes: number,
): Output => ({
  ...output,
  [name]: items.slice(0, kept),
  truncated: true,
  hint: `cut to ${kept} of ${total} ${name} to fit ${bytes} bytes; ask for fewer, or for narrower ones`,
});

const tooLarge = (has: string, bytes: number) =>
  new ToolError('result_too_large', `the result has ${has} and the limit is ${bytes}; ask for less`);
