import type { Queries } from '@secureconnect/sql'
import { listDevices } from '../stores/devices.ts'
import { listBackups } from '../stores/key-backups.ts'
import { listAllNotifications, listPushDevices } from '../stores/own-notices.ts'
import { loadPreferences } from '../stores/preferences.ts'

type Part = { section: string; items: readonly object[] }

/** What there is little of, so that each part fits into one step. */
const parts: readonly ((sql: Queries, userId: string) => Promise<Part>)[] = [
  async (sql, userId) => ({ section: 'notifications', items: await listAllNotifications(sql, userId) }),
  async (sql, userId) => ({ section: 'notification_preferences', items: [await loadPreferences(sql, userId)] }),
  async (sql, userId) => ({ section: 'push_devices', items: await listPushDevices(sql, userId) }),
  async (sql, userId) => ({ section: 'encryption_devices', items: await listDevices(sql, userId) }),
  async (sql, userId) => ({ section: 'key_backup', items: await listBackups(sql, userId) }),
]

/** Collects one part, and answers which comes next. */
export async function collectSmallPart(sql: Queries, userId: string, part: number): Promise<Part & { next?: number }> {
  const collect = parts[part]
  if (!collect) return { section: 'notifications', items: [] }
  const found = await collect(sql, userId)
  return part + 1 < parts.length ? { ...found, next: part + 1 } : found
}
