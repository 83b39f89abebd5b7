import {
  ConfigError,
  type ConfigOf,
  list,
  optional,
  optionalSecret,
  origin,
  requiredInProduction,
  type Setting,
  SettingFault,
  text,
  url,
} from '@secureconnect/config'
import { deriveKey } from '@secureconnect/tokens'
import type { Blobs } from './blobs.ts'
import { createDiskBlobs } from './disk/disk-blobs.ts'
import type { Observers } from './guarded-calls.ts'

const anyUrl = url(['http:', 'https:'])

/** A server's address without a path: what is signed begins at the root. */
const serverUrl: Setting<string> = {
  ...anyUrl,
  parse(raw, surroundings) {
    const value = anyUrl.parse(raw, surroundings)
    if (new URL(value).pathname !== '/') throw new SettingFault('must have no path')
    return value
  },
}

/** Where the bytes of files are: in an S3 store when one is named, else in a folder, which production refuses. */
export const blobSettings = {
  s3Url: requiredInProduction(optional(serverUrl)),
  /** Where clients find the store, if that is elsewhere. */
  s3PublicUrl: optional(serverUrl),
  s3Region: text('us-east-1'),
  s3Bucket: text('secureconnect'),
  s3TlsCa: optional(text()),
  minioAccessKey: optionalSecret(3),
  minioSecretKey: optionalSecret(),
  blobsFolder: text('.data/blobs'),
  /** Where clients find the files of the folder, if that is not where storage-service listens. */
  blobsPublicUrl: optional(serverUrl),
  corsAllowedOrigins: list(origin(), []),
}

type Options = Observers & { config: ConfigOf<typeof blobSettings> & { jwtSecret: string; publicUrl: string } }

/** Opens the store that the settings name. */
export async function openBlobs({ config, metrics, log }: Options): Promise<Blobs> {
  const { s3Url, s3PublicUrl = s3Url, s3Region: region, s3Bucket: bucket, s3TlsCa: tlsCa } = config
  if (s3Url === undefined || s3PublicUrl === undefined) {
    return createDiskBlobs({
      folder: config.blobsFolder,
      urlKey: deriveKey(config.jwtSecret, 'blob urls'),
      publicUrl: config.blobsPublicUrl,
      allowedOrigins: [new URL(config.publicUrl).origin, ...config.corsAllowedOrigins],
      metrics,
      log,
    })
  }
  const { minioAccessKey: accessKey, minioSecretKey: secretKey } = config
  if (accessKey === undefined || secretKey === undefined) {
    throw new ConfigError(['S3_URL is set, so MINIO_ACCESS_KEY and MINIO_SECRET_KEY are needed'])
  }
  // Loaded only here: what speaks S3 takes memory that the folder can do without.
  const { connectS3 } = await import('./s3/s3-blobs.ts')
  const server = { url: s3Url, region, accessKey, secretKey, tlsCa }
  return connectS3({ server, bucket, publicUrl: s3PublicUrl, metrics, log })
}
