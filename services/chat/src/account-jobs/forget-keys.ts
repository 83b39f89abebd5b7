import { readAccountNews } from '@secureconnect/account-jobs'
import type { Topic } from '@secureconnect/outbox'
import { announceDevices, type Wake } from '../keys/announce-devices.ts'
import { removeDevicesBefore } from '../stores/owned-keys.ts'

/**
 * Removes the devices and keys of an account whose owner came to it by a reset: somebody else may have made it in
 * advance. What he has brought himself since stays.
 */
export function createKeyRemoval(kv: Wake): Topic {
  return {
    async apply(tx, row) {
      const userId = readAccountNews(row)
      await removeDevicesBefore(tx, userId, row.created_at)
      await announceDevices(tx, userId, kv)
    },
  }
}
