import { randomBytes } from 'node:crypto'
import { connectS3, createDiskBlobs } from '@secureconnect/blobs/stores'
import type { Logger } from '@secureconnect/logging'
import { createMetrics } from '@secureconnect/metrics'
import type { Config, TargetConfig } from './config.ts'
import { BackupFault } from './fault.ts'
import { nameFaults } from './name-faults.ts'
import type { ByteStore, Vault } from './vault.ts'

type Opened<T> = AsyncDisposable & { opened: T }

/** Stores count what is asked of them; nobody comes here to read it. */
const createObservers = (log: Logger) => ({
  log,
  metrics: createMetrics({ service: 'storage-service', version: '0', revision: 'backup' }),
})

function openBucket(target: URL, config: TargetConfig, log: Logger) {
  const { backupS3AccessKey: accessKey, backupS3SecretKey: secretKey } = config
  if (accessKey === undefined || secretKey === undefined)
    throw new BackupFault(
      'BACKUP_TARGET is a store that wants a login. Put it into secrets/backup_s3_access_key and secrets/backup_s3_secret_key.',
    )
  const server = {
    url: target.origin,
    region: config.backupS3Region,
    accessKey,
    secretKey,
    tlsCa: config.backupS3TlsCa,
  }
  return connectS3({ server, bucket: target.pathname.slice(1), publicUrl: target.origin, ...createObservers(log) })
}

/** Opens the place that backups go to; `onCall` hears of everything that is asked of it. */
export async function openTarget(
  config: TargetConfig,
  { log, onCall }: { log: Logger; onCall?: () => void },
): Promise<Opened<Vault>> {
  const { backupTarget, backupKey: key } = config
  const isUrl = URL.canParse(backupTarget)
  const blobs = isUrl
    ? openBucket(new URL(backupTarget), config, log)
    : createDiskBlobs({
        folder: backupTarget,
        urlKey: randomBytes(32),
        publicUrl: undefined,
        allowedOrigins: [],
        ...createObservers(log),
      })
  // Where it is a bucket that is not there yet, this makes it.
  await blobs.probe.checkNow()
  return {
    opened: { store: nameFaults('The backup target', blobs, onCall), key },
    [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
  }
}

/** Opens the store of the system's own files. */
export async function openObjects(config: Config, log: Logger): Promise<Opened<ByteStore>> {
  const { s3Url, s3Region: region, s3Bucket: bucket, s3TlsCa: tlsCa, minioAccessKey, minioSecretKey } = config
  if (s3Url === undefined || minioAccessKey === undefined || minioSecretKey === undefined)
    throw new BackupFault('The object store is not told. Set S3_URL, MINIO_ACCESS_KEY and MINIO_SECRET_KEY.')
  const server = { url: s3Url, region, accessKey: minioAccessKey, secretKey: minioSecretKey, tlsCa }
  const blobs = connectS3({ server, bucket, publicUrl: s3Url, ...createObservers(log) })
  await blobs.probe.checkNow()
  return {
    opened: nameFaults('The object store', blobs),
    [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
  }
}
