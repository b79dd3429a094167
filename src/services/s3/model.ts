import type { Before } from './image.ts';
import type { ScopedKey, ScopedPrefix } from './scope.ts';

/** Headers that an object is stored with, and that a write of it gives it again. */
export const STORED_HEADERS = [
  'content_type',
  'content_encoding',
  'content_disposition',
  'content_language',
  'cache_control',
] as const;
type StoredHeader = (typeof STORED_HEADERS)[number];

/** The headers that an object is stored with and given back with. */
export type StoredHeaders = { readonly [K in StoredHeader]?: string | undefined } & {
  /** The user's own, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** What a server tells of an object besides its bytes. */
export type ObjectFacts = StoredHeaders & {
  readonly etag: string;
  /** Bytes of the whole object. */
  readonly size: number;
  readonly last_modified?: string | undefined;
  readonly version_id?: string | undefined;
  readonly storage_class?: string | undefined;
  /** `AES256`, `aws:kms` ...; the key itself is not told. */
  readonly encryption?: string | undefined;
  /** As the server gives it: an HTTP date, or whatever was stored. */
  readonly expires?: string | undefined;
  readonly website_redirect?: string | undefined;
  readonly lock_mode?: string | undefined;
  readonly locked_until?: string | undefined;
  readonly legal_hold?: string | undefined;
};

/** A part of an object, or all of it. */
export interface ObjectPart {
  readonly facts: ObjectFacts;
  readonly bytes: Buffer;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly last_modified?: string | undefined;
  readonly etag?: string | undefined;
  readonly storage_class?: string | undefined;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Common beginnings up to the delimiter. */
  readonly folders: readonly string[];
  /** For the next page; null at the end. */
  readonly next: string | null;
}

export interface ListedVersion {
  readonly version_id: string;
  readonly is_latest: boolean;
  readonly is_delete_marker: boolean;
  readonly last_modified?: string | undefined;
  readonly etag?: string | undefined;
  readonly size?: number | undefined;
}

export type Versioning = 'off' | 'enabled' | 'suspended';

export interface PublicAccessBlock {
  readonly block_public_acls: boolean;
  readonly ignore_public_acls: boolean;
  readonly block_public_policy: boolean;
  readonly restrict_public_buckets: boolean;
}

export interface LifecycleRule {
  readonly id?: string | undefined;
  readonly enabled: boolean;
  /** Beginning of the keys that it is about; empty for all. */
  readonly prefix: string;
  readonly expire_after_days?: number | undefined;
  readonly expire_on?: string | undefined;
  readonly expire_noncurrent_after_days?: number | undefined;
  readonly abort_uploads_after_days?: number | undefined;
  readonly moves_to: readonly string[];
  /** It asks for tags or sizes too, so it is about fewer objects than its prefix says. */
  readonly has_more_conditions: boolean;
}

/** Reads one bucket. Everything throws ToolError, `not_found` for what is not there. */
export interface S3Reader {
  list(
    prefix: ScopedPrefix,
    page: { readonly delimiter?: string; readonly most: number; readonly from?: string },
    signal: AbortSignal,
  ): Promise<ObjectPage>;
  head(key: ScopedKey, version: string | undefined, signal: AbortSignal): Promise<ObjectFacts>;
  /** At most `length` bytes from `offset`; none of them where the object ends before it. */
  get(
    key: ScopedKey,
    part: {
      readonly offset: number;
      readonly length: number;
      readonly version?: string | undefined;
      readonly etag?: string | undefined;
    },
    signal: AbortSignal,
  ): Promise<ObjectPart>;
  /** Versions of just this key, newest first; `next` continues with more of them, null at the end. */
  versions(
    key: ScopedKey,
    page: { readonly most: number; readonly after?: string | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly versions: readonly ListedVersion[]; readonly next: string | null }>;
  versioning(signal: AbortSignal): Promise<{ readonly state: Versioning; readonly mfaDelete: boolean }>;
  /** Null where none is set. */
  publicAccessBlock(signal: AbortSignal): Promise<PublicAccessBlock | null>;
  /** The policy's JSON text; null where there is none. */
  policy(signal: AbortSignal): Promise<string | null>;
  lifecycle(signal: AbortSignal): Promise<readonly LifecycleRule[]>;
}

/** What must be so for a write to happen; the server checks it in the same step, where it knows such conditions. */
export type Condition = { readonly etag: string } | 'absent' | 'any';

/** Changes one bucket, in the session of one granted call. `outcome_unknown` where a write may have happened. */
export interface S3Writer extends S3Reader {
  /** What this session found before its write, by key; the write happens on condition that it is still so. */
  readonly found: Map<string, Before>;
  /** Whether an object has tags; not so where the server knows none. */
  isTagged(key: ScopedKey, signal: AbortSignal): Promise<boolean>;
  put(
    key: ScopedKey,
    object: { readonly bytes: Buffer; readonly headers: StoredHeaders },
    condition: Condition,
    signal: AbortSignal,
  ): Promise<{ readonly etag: string; readonly version_id?: string | undefined }>;
  remove(
    key: ScopedKey,
    what: { readonly version?: string | undefined; readonly etag?: string | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly version_id?: string | undefined; readonly isMarker: boolean }>;
}
