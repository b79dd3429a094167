import type { Mask } from '../secrets/mask.ts';
import { ToolError } from '../toolset/errors.ts';
import { mayNeedNeutralising, neutraliseJson } from './neutralise.ts';
import type { AllowedRead, AllowedWrite, Executed, Masked } from './stages.ts';

/** Masks every secret, makes hidden characters visible and cuts the result to the byte limit, saying so. */
export function maskAndLimit(call: AllowedRead | AllowedWrite, { output }: Executed, mask: Mask): Masked {
  const clean = cleanOf(output, mask);
  if (Buffer.byteLength(clean.text) <= call.limits.bytes) return clean;
  return cut(clean, call.tool.list, call.limits.bytes);
}

function cleanOf(output: Executed['output'], mask: Mask): Masked {
  const raw = JSON.stringify(output);
  const masked = mask.text(raw);
  const isTouched = masked !== raw || mayNeedNeutralising(raw);
  if (!isTouched) return { text: raw, structured: output };
  // Masked as a value, not as text: an escape that the mask crosses must not leave broken JSON behind.
  const structured = neutraliseJson(mask.json(JSON.parse(raw))) as Executed['output'];
  return { text: JSON.stringify(structured), structured };
}

/** Halves the output's list until it fits. */
function cut(clean: Masked, list: string | undefined, bytes: number): Masked {
  const items = list === undefined ? undefined : clean.structured[list];
  if (list === undefined || !Array.isArray(items)) {
    throw new ToolError(
      'result_too_large',
      `the result has ${Buffer.byteLength(clean.text)} bytes and the limit is ${bytes}; ask for less`,
    );
  }
  for (let kept = Math.floor(items.length / 2); ; kept = Math.floor(kept / 2)) {
    const hint = `cut to ${kept} of ${items.length} ${list} to fit ${bytes} bytes; ask for fewer, or for narrower ones`;
    const structured = { ...clean.structured, [list]: items.slice(0, kept), truncated: true, hint };
    const text = JSON.stringify(structured);
    if (Buffer.byteLength(text) <= bytes) return { text, structured };
    if (kept === 0)
      throw new ToolError(
        'result_too_large',
        `not even the frame of the result fits ${bytes} bytes; ask for less`,
      );
  }
}
