import { createHash, randomBytes } from 'node:crypto';

/** One version of an object, or a delete marker. */
export interface Version {
  readonly id: string;
  readonly isMarker: boolean;
  readonly body: Buffer;
  readonly etag: string;
  /** Headers that come back as they were given: content-type, x-amz-meta-... */
  readonly headers: Readonly<Record<string, string>>;
  readonly modified: Date;
  readonly tags: number;
}

export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, code: string, headers: Readonly<Record<string, string>> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export interface Conditions {
  readonly match?: string | undefined;
  readonly noneMatch?: string | undefined;
}

/**
 * The objects of one bucket with S3's versioning.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
 */
export class BucketState {
  versioning: '' | 'Enabled' | 'Suspended' = '';
  /** Whether a version is deleted only with a code of the owner's device. */
  mfaDelete = false;
  /** Keeps each new version until then. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
  retention: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly until: string } | undefined;
  policy: string | undefined;
  /** XML inside PublicAccessBlockConfiguration, and LifecycleConfiguration. */
  publicAccessBlock: string | undefined;
  lifecycle: string | undefined;
  /** Newest first. */
  readonly #keys = new Map<string, Version[]>();

  /** Keys by their bytes, each with its versions. */
  get keys(): [string, readonly Version[]][] {
    return [...this.#keys].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  /** All that a restore has to bring back; times and ids of equal content may differ. */
  get snapshot(): unknown {
    return this.keys.map(([key, versions]) => [
      key,
      versions.map(({ body, isMarker, headers, tags }) => [isMarker, body.toString('hex'), headers, tags]),
    ]);
  }

  /** The version that is named, or the newest. Throws as S3 answers for none and for a marker. */
  version(key: string, id?: string): Version {
    const versions = this.#keys.get(key) ?? [];
    if (id !== undefined) {
      const found = versions.find((one) => one.id === id);
      if (!found) throw new Refused(404, 'NoSuchVersion');
      if (found.isMarker) throw new Refused(405, 'MethodNotAllowed', { 'x-amz-delete-marker': 'true' });
      return found;
    }
    const [newest] = versions;
    if (!newest) throw new Refused(404, 'NoSuchKey');
    if (newest.isMarker)
      throw new Refused(404, 'NoSuchKey', { 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.id });
    return newest;
  }

  put(key: string, body: Buffer | string, headers: Readonly<Record<string, string>> = {}, tags = 0): Version {
    const bytes = Buffer.from(body);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const { mode, until } = this.retention ?? {};
    const lock =
      mode && until ? { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } : {};
    return this.#add(key, { isMarker: false, body: bytes, etag, headers: { ...headers, ...lock }, tags });
  }

  /** The marker that it laid, or the version that it took away; undefined where nothing was to do. */
  remove(key: string, id?: string): Version | undefined {
    const versions = this.#keys.get(key) ?? [];
    if (id === undefined && this.versioning !== '')
      return this.#add(key, { isMarker: true, body: Buffer.alloc(0), etag: '', headers: {}, tags: 0 });
    const at = versions.findIndex((one) => one.id === (id ?? 'null'));
    const isLocked = versions[at]?.headers['x-amz-object-lock-mode'] !== undefined;
    if (id !== undefined && (this.mfaDelete || isLocked)) throw new Refused(403, 'AccessDenied');
    const [taken] = at < 0 ? [] : versions.splice(at, 1);
    if (versions.length === 0) this.#keys.delete(key);
    return taken;
  }

  /** Throws as S3 answers where a condition does not hold. */
  check(key: string, { match, noneMatch }: Conditions): void {
    const [newest] = this.#keys.get(key) ?? [];
    const etag = newest?.isMarker === false ? newest.etag : undefined;
    if (noneMatch === '*' && etag !== undefined) throw new Refused(412, 'PreconditionFailed');
    if (match !== undefined && etag === undefined) throw new Refused(404, 'NoSuchKey');
    if (match !== undefined && match !== etag) throw new Refused(412, 'PreconditionFailed');
  }

  #add(key: string, version: Omit<Version, 'id' | 'modified'>): Version {
    const id = this.versioning === 'Enabled' ? randomBytes(16).toString('base64url') : 'null';
    const added = { ...version, id, modified: new Date() };
    const others = (this.#keys.get(key) ?? []).filter((one) => one.id !== id);
    this.#keys.set(key, [added, ...others]);
    return added;
  }
}
