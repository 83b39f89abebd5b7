import type { Transaction } from '@secureconnect/sql'
import { listDevices } from '../stores/devices.ts'
import { listBackups } from '../stores/key-backups.ts'
import { listAllNotifications, listPushDevices } from '../stores/own-notices.ts'
import { loadPreferences } from '../stores/preferences.ts'

type Part = { section: string; items: readonly object[] }

/** What there is little of, so that each part fits into one step. */
const parts: readonly ((tx: Transaction, userId: string) => Promise<Part>)[] = [
  async (tx, userId) => ({ section: 'notifications', items: await listAllNotifications(tx, userId) }),
  async (tx, userId) => ({ section: 'notification_preferences', items: [await loadPreferences(tx, userId)] }),
  async (tx, userId) => ({ section: 'push_devices', items: await listPushDevices(tx, userId) }),
  async (tx, userId) => ({ section: 'encryption_devices', items: await listDevices(tx, userId) }),
  async (tx, userId) => ({ section: 'key_backup', items: await listBackups(tx, userId) }),
]

/** Collects one part, and answers which comes next. */
export async function collectSmallPart(
  tx: Transaction,
  userId: string,
  part: number,
): Promise<Part & { next?: number }> {
  const collect = parts[part]
  if (!collect) return { section: 'notifications', items: [] }
  const found = await collect(tx, userId)
  return part + 1 < parts.length ? { ...found, next: part + 1 } : found
}
