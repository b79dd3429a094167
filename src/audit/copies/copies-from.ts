import type { CheckpointCopies } from './checkpoint-copy.ts';
import { folderCopies } from './folder-copies.ts';
import { s3Copies } from './s3-copies.ts';

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/**
 * Where checkpoints are copied to, of `STACKWARD_AUDIT_COPIES`: folders and `s3://bucket/prefix`, with commas between
 * them. The region of a bucket is `AWS_REGION`, a server that is not AWS is `STACKWARD_AUDIT_COPIES_URL`, and
 * credentials are found as the AWS driver finds them. Throws an Error that says what is wrong.
 */
export function copiesFrom(env: Readonly<Record<string, string | undefined>>): readonly CheckpointCopies[] {
  const places = (env.STACKWARD_AUDIT_COPIES ?? '').split(',').map((place) => place.trim());
  return places.filter((place) => place !== '').map((place) => copiesTo(place, env));
}

function copiesTo(
  place: string,
  { AWS_REGION: region, STACKWARD_AUDIT_COPIES_URL: url }: Readonly<Record<string, string | undefined>>,
): CheckpointCopies {
  if (!/^[a-z][a-z0-9+.-]*:\/\//.test(place)) return folderCopies(place);
  const [, bucket, folder = ''] = BUCKET.exec(place) ?? [];
  if (bucket === undefined)
    throw new Error(`STACKWARD_AUDIT_COPIES: ${place} is neither a folder nor s3://bucket/prefix`);
  if (region === undefined || region === '')
    throw new Error(
      'STACKWARD_AUDIT_COPIES names a bucket, and AWS_REGION is not set; any name will do where url is no AWS',
    );
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  return s3Copies({ bucket, prefix, region, ...(url === undefined ? {} : { url }) });
}
