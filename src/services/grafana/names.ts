import { z } from 'zod';

/** A uid of Grafana's dashboards, folders and data sources: never a path, and nothing that needs encoding. */
export const Uid = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'a uid has at most 40 letters, digits, - and _');

/** Number of a panel within its dashboard. */
export const PanelId = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);

const VISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
/** What Grafana's Markdown and its sanitised HTML make into a link, an image or an element. */
const MARKUP = /<|\]\s*[([:]|:\/\/|www\./i;

/** One line that Grafana shows to people as text, and that carries no link. */
export const PlainText = z
  .string()
  .trim()
  .refine((text) => !VISIBLE.test(text), 'one line of visible characters')
  .refine((text) => !MARKUP.test(text), 'plain text without markup, HTML or links');

/** A tag; Grafana splits annotation tags at the first colon, so more than one is not taken. */
export const Tag = z
  .string()
  .regex(/^[\w.-]+(:[\w.-]+)?$/, 'a tag has letters, digits, _ . - and at most one colon')
  .max(40);

/** Names of variables as Grafana takes them. */
export const VariableName = z.string().regex(/^\w{1,50}$/, 'a variable name has letters, digits and _ only');
