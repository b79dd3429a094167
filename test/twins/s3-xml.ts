import { encode } from './s3-signature.ts';
import { type BucketState, Refused, type Version } from './s3-state.ts';

type Query = ReadonlyMap<string, string>;

const XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const tag = (name: string, content: string | number | boolean) =>
  `<${name}>${typeof content === 'string' ? escaped(content) : content}</${name}>`;
export const document = (root: string, content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${XMLNS}>${content}</${root}>`;

/** As S3 answers with `encoding-type=url`: slashes stay, a space is a plus. */
const urlEncoded = (text: string) => text.split('/').map(encode).join('/').replaceAll('%20', '+');

/** The error body; `message` is what a server might tell and a tool must not repeat. */
export const errorXml = (code: string, message: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${tag('Code', code)}${tag('Message', message)}<RequestId>4442587FB7D0A2F9</RequestId></Error>`;

export const versioningXml = ({ versioning, mfaDelete }: BucketState) =>
  document(
    'VersioningConfiguration',
    `${versioning === '' ? '' : tag('Status', versioning)}${mfaDelete ? tag('MfaDelete', 'Enabled') : ''}`,
  );

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function taggingXml({ tags }: Version): string {
  const each = Array.from(
    { length: tags },
    (_, at) => `<Tag>${tag('Key', `k${at}`)}${tag('Value', 'v')}</Tag>`,
  );
  return document('Tagging', `<TagSet>${each.join('')}</TagSet>`);
}

/**
 * ListObjectsV2.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listXml(name: string, bucket: BucketState, query: Query): string {
  const { prefix, delimiter, most } = listQuery(query);
  const from = query.has('continuation-token') ? tokenOf(query.get('continuation-token')) : undefined;
  const entries: (string | [string, Version])[] = [];
  for (const [key, versions] of bucket.keys) {
    const [newest] = versions;
    if (!newest || newest.isMarker || !key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const folder = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (isUpTo(folder ?? key, from)) continue;
    if (folder === undefined) entries.push([key, newest]);
    else if (entries.at(-1) !== folder) entries.push(folder);
  }
  const shown = entries.slice(0, most);
  const last = shown.at(-1);
  const isCut = shown.length < entries.length;
  const next =
    isCut && last !== undefined ? Buffer.from(typeof last === 'string' ? last : last[0]) : undefined;
  return document(
    'ListBucketResult',
    [
      tag('Name', name),
      tag('Prefix', urlEncoded(prefix)),
      tag('KeyCount', shown.length),
      tag('MaxKeys', most),
      tag('EncodingType', 'url'),
      tag('IsTruncated', isCut),
      ...(next ? [tag('NextContinuationToken', next.toString('base64'))] : []),
      ...shown.map((entry) =>
        typeof entry === 'string'
          ? `<CommonPrefixes>${tag('Prefix', urlEncoded(entry))}</CommonPrefixes>`
          : `<Contents>${contentsXml(...entry)}</Contents>`,
      ),
    ].join(''),
  );
}

/** Whether a key or folder comes at or before the place where the last page ended. */
const isUpTo = (text: string, from: string | undefined) =>
  from !== undefined && Buffer.compare(Buffer.from(text), Buffer.from(from)) <= 0;

function tokenOf(token = ''): string {
  const text = Buffer.from(token, 'base64');
  if (text.length === 0 || text.toString('base64') !== token) throw new Refused(400, 'InvalidArgument');
  return text.toString();
}

const contentsXml = (key: string, { modified, etag, body }: Version) =>
  [
    tag('Key', urlEncoded(key)),
    tag('LastModified', modified.toISOString()),
    tag('ETag', etag),
    tag('Size', body.length),
    tag('StorageClass', 'STANDARD'),
  ].join('');

/**
 * ListObjectVersions.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function versionsXml(name: string, bucket: BucketState, query: Query): string {
  const { prefix, most } = listQuery(query);
  const keyMarker = query.get('key-marker');
  const idMarker = query.get('version-id-marker');
  if (idMarker !== undefined && keyMarker === undefined) throw new Refused(400, 'InvalidArgument');
  const all = bucket.keys
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([key, versions]) => versions.map((version, at) => ({ key, version, isLatest: at === 0 })));
  const begin = all.findIndex(({ key, version }) => key === keyMarker && version.id === idMarker);
  if (idMarker !== undefined && begin < 0) throw new Refused(400, 'InvalidArgument');
  const rest = all.slice(begin + 1);
  const shown = rest.slice(0, most);
  const last = shown.at(-1);
  const isCut = shown.length < rest.length;
  return document(
    'ListVersionsResult',
    [
      tag('Name', name),
      tag('EncodingType', 'url'),
      tag('IsTruncated', isCut),
      ...(isCut && last
        ? [tag('NextKeyMarker', urlEncoded(last.key)), tag('NextVersionIdMarker', last.version.id)]
        : []),
      ...shown.map(({ key, version, isLatest }) => {
        const own = [tag('Key', urlEncoded(key)), tag('VersionId', version.id), tag('IsLatest', isLatest)];
        const time = tag('LastModified', version.modified.toISOString());
        return version.isMarker
          ? `<DeleteMarker>${own.join('')}${time}</DeleteMarker>`
          : `<Version>${own.join('')}${time}${tag('ETag', version.etag)}${tag('Size', version.body.length)}</Version>`;
      }),
    ].join(''),
  );
}

function listQuery(query: Query) {
  const most = Number(query.get('max-keys') ?? 1000);
  if (!Number.isInteger(most) || most < 0 || query.get('encoding-type') !== 'url')
    throw new Refused(400, 'InvalidArgument');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    most: Math.min(most, 1000),
  };
}
