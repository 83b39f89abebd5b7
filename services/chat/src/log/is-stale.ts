import type { Head } from '../stores/conversation-log.ts'

/** Whether something for an encrypted conversation was made with other keys than those that count now. */
export function isStale(
  { is_e2ee_enabled, rekey_required, group_epoch }: Pick<Head, 'is_e2ee_enabled' | 'rekey_required' | 'group_epoch'>,
  groupEpoch: number | undefined,
): boolean {
  return is_e2ee_enabled && (rekey_required || groupEpoch !== group_epoch)
}
