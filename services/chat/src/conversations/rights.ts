import type { MemberRole } from '@secureconnect/protocol'
import { membershipByCommits, notAllowed } from '../errors.ts'
import type { Head } from '../stores/conversation-log.ts'

const ranks: Record<MemberRole, number> = { member: 0, admin: 1, owner: 2 }

/** Whether somebody of one role may act upon somebody of another. */
export function outranks(role: MemberRole, other: MemberRole): boolean {
  return ranks[role] > ranks[other]
}

type Kind = Pick<Head, 'type' | 'is_e2ee_enabled'>

/** Refuses what is only done to groups, and there only by owners and admins. */
export function assertMayManage({ type }: Pick<Head, 'type'>, role: MemberRole): void {
  if (type === 'direct') throw notAllowed('This can only be done to a group.')
  if (role === 'member') throw notAllowed('Only an owner or admin of the group may do this.')
}

/** Refuses to bring in or remove others where one may not, or where encryption has its own way of doing so. */
export function assertMayChangeMembers(head: Kind, role: MemberRole): void {
  assertMayManage(head, role)
  if (head.is_e2ee_enabled) throw membershipByCommits()
}
