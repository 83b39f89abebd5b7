import {
  type Accepts,
  type Changes,
  type Group,
  groupPrefix,
  listMembers,
  loadGroup,
  type Member,
  toChanges,
  toForgetting,
  type Vault,
} from '@secureconnect/e2ee/groups'

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
      await vault.write(new Map([...toChanges(group, groups.get(conversationId)), ...more]))
      groups.set(conversationId, group)
    },
    async forget(conversationId: string): Promise<void> {
      await vault.write(await toForgetting(vault, conversationId))
      groups.set(conversationId, undefined)
    },
  }
}

export type GroupStore = ReturnType<typeof createGroupStore>
