import { blobSettings, scanSettings } from '@secureconnect/blobs'
import { type ConfigOf, flag, integer, parseConfig } from '@secureconnect/config'
import { dataServiceSettings, type ServerConfig, serverSettings } from '@secureconnect/service'

const gibibyte = 1024 ** 3

export const settings = {
  ...dataServiceSettings('storage-service'),
  ...blobSettings,
  ...scanSettings,
  maxFileBytes: integer({ min: 1, max: 5 * gibibyte, fallback: 50 * 1024 ** 2 }),
  /** What each person may keep. */
  quotaBytes: integer({ min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 10 * gibibyte }),
  quotaFiles: integer({ min: 0, max: 100_000_000, fallback: 100_000 }),
  uploadUrlTtlSeconds: integer({ min: 1, max: 86_400, fallback: 900 }),
  downloadUrlTtlSeconds: integer({ min: 1, max: 86_400, fallback: 300 }),
  /** Objects that no file refers to are removed once they are so old, so many in a run; or only told. */
  orphanAgeHours: integer({ min: 1, max: 8_760, fallback: 24 }),
  orphansPerRun: integer({ min: 1, max: 1_000_000, fallback: 1_000 }),
  orphanDryRun: flag(false),
}

export type Config = ConfigOf<typeof settings>

/** The configuration of a process of its own, which also says where the servers are. */
export function loadConfig(): Config & ServerConfig {
  return parseConfig({ ...settings, ...serverSettings }, { env: process.env })
}
