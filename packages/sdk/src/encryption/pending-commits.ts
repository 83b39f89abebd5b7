import { type Changes, encodeMadeCommit, type MadeCommit, type Vault } from '@secureconnect/e2ee/groups'
import { digestOf } from './digest.ts'

const prefixOf = (conversationId: string) => `pending:${conversationId}:`
const keyOf = async (conversationId: string, commit: string) => prefixOf(conversationId) + (await digestOf(commit))

type Made = Pick<MadeCommit, 'commit' | 'group'>

/** Keeps a commit of one's own before it is sent: its answer may never come, and it may have been taken all the same. */
export async function keepPending(vault: Vault, conversationId: string, made: Made): Promise<void> {
  await vault.write(new Map([[await keyOf(conversationId, made.commit), encodeMadeCommit(made)]]))
}

/** What a commit makes of its group, where it is one's own. */
export async function findPending(vault: Vault, conversationId: string, commit: string) {
  return vault.read(await keyOf(conversationId, commit))
}

/** All that may have been taken, each with what its commit is found by. */
export async function listPending(vault: Vault, conversationId: string) {
  const read = (await vault.list(prefixOf(conversationId))).map(async (key) => ({ key, made: await vault.read(key) }))
  return (await Promise.all(read)).flatMap(({ key, made }) =>
    made ? [{ made, isOf: async (commit: string) => key === (await keyOf(conversationId, commit)) }] : [],
  )
}

/** Once a group has another epoch, none of those that were made in the one before can be taken any more. */
export async function forgetPending(vault: Vault, conversationId: string): Promise<Changes> {
  return new Map((await vault.list(prefixOf(conversationId))).map((key) => [key, undefined]))
}
