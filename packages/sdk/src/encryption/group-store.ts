import {
  type Accepts,
  type Changes,
  epochOf,
  type Group,
  groupPrefix,
  listMembers,
  loadGroup,
  type Member,
  toChanges,
  toForgetting,
  type Vault,
} from '@secureconnect/e2ee/groups'
import { forgetPending } from './pending-commits.ts'
import { rotationKey } from './rotation.ts'

/** The groups of a device: what happens to one happens in order, and is kept before anybody hears of it. */
export function createGroupStore(vault: Vault, acceptsOf: (conversationId: string) => Accepts) {
  const groups = new Map<string, Group | undefined>()
  const lanes = new Map<string, Promise<unknown>>()

  const list = async () => (await vault.list(groupPrefix)).map((key) => key.slice(groupPrefix.length))

  async function find(conversationId: string): Promise<Group | undefined> {
    if (!groups.has(conversationId))
      groups.set(conversationId, await loadGroup(vault, conversationId, acceptsOf(conversationId)))
    return groups.get(conversationId)
  }

  return {
    find,
    /** The conversations whose groups this device is in. */
    list,
    /** The devices of somebody that are in any group. */
    async listDevicesOf(userId: string): Promise<Member[]> {
      const found = await Promise.all((await list()).map(find))
      return found.flatMap((group) => (group ? listMembers(group) : [])).filter((one) => one.userId === userId)
    },
    /** Runs `work` once everything before it in this conversation is done. */
    run<T>(conversationId: string, work: () => Promise<T>): Promise<T> {
      const before = lanes.get(conversationId) ?? Promise.resolve()
      const result = before.then(work)
      const settled = result.catch(() => undefined)
      lanes.set(conversationId, settled)
      void settled.then(() => {
        if (lanes.get(conversationId) === settled) lanes.delete(conversationId)
      })
      return result
    },
    /** Keeps a group, and whatever else belongs to the same change. */
    async keep(conversationId: string, group: Group, more: Changes = new Map()): Promise<void> {
      const before = groups.get(conversationId)
      const isSameEpoch = before && epochOf(before) === epochOf(group)
      const over = isSameEpoch ? [] : await forgetPending(vault, conversationId)
      await vault.write(new Map([...toChanges(group, before), ...over, ...more]))
      groups.set(conversationId, group)
    },
    async forget(conversationId: string): Promise<void> {
      const pending = await forgetPending(vault, conversationId)
      const all = [...(await toForgetting(vault, conversationId)), ...pending]
      await vault.write(new Map([...all, [rotationKey(conversationId), undefined]]))
      groups.set(conversationId, undefined)
    },
  }
}

export type GroupStore = ReturnType<typeof createGroupStore>
