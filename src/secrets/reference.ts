import { z } from 'zod';

const EnvName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'an environment variable name has letters, digits and _ only')
  .describe('Name of an environment variable');

/** Where a credential is read from, at run time; the topology file never holds the credential itself. */
export const SecretSource = z.union([
  z.strictObject({ env: EnvName }),
  z.strictObject({
    file: z.string().min(1).describe('Path of a file that holds the value; a trailing newline is dropped'),
  }),
  z.strictObject({
    kubernetes_secret: z.strictObject({
      context: z
        .string()
        .min(1)
        .optional()
        .describe('kubeconfig context; the current one, or the pod’s own account, if absent'),
      namespace: z.string().min(1),
      name: z.string().min(1),
      key: z.string().min(1),
    }),
  }),
  z.strictObject({
    vault: z.strictObject({
      mount: z.string().min(1).default('secret').describe('Mount of the KV version 2 engine'),
      path: z.string().min(1),
      key: z.string().min(1),
      version: z.number().int().positive().optional(),
    }),
  }),
]);
export type SecretSource = z.infer<typeof SecretSource>;

/** Marks a place in a connection schema that takes a credential. Resolves to a `Secret`. */
export class SecretRef {
  readonly source: SecretSource;
  constructor(source: SecretSource) {
    this.source = source;
  }
}

/** Marks a place in a connection schema that takes a plain setting, given literally or by environment. */
export class SettingRef<T> {
  readonly given: { literal: T } | { env: string };
  /** Turns the text of an environment variable into the setting; throws a ZodError if it does not fit. */
  readonly parse: (text: string) => T;
  constructor(given: { literal: T } | { env: string }, parse: (text: string) => T) {
    this.given = given;
    this.parse = parse;
  }
}

/** A credential in a connection schema: `{env: NAME}`, `{file: PATH}`, `{kubernetes_secret: ...}` or `{vault: ...}`. */
export const secret = () => SecretSource.transform((source) => new SecretRef(source));

/** A plain setting in a connection schema: the value itself, or `{env: NAME}`. */
export const setting = <S extends z.ZodType>(schema: S) =>
  z.union([
    z
      .strictObject({ env: EnvName })
      .transform((given) => new SettingRef<z.output<S>>(given, (text) => schema.parse(text))),
    schema.transform(
      (literal) =>
        new SettingRef<z.output<S>>({ literal: literal as z.output<S> }, (text) => schema.parse(text)),
    ),
  ]);

/** A connection as a connector receives it: every reference replaced by what it stands for. */
export type Resolved<T> = T extends SecretRef
  ? import('./secret.ts').Secret
  : T extends SettingRef<infer V>
    ? V
    : T extends readonly (infer E)[]
      ? Resolved<E>[]
      : T extends object
        ? { [K in keyof T]: Resolved<T[K]> }
        : T;
