import { createEmitter } from '../emitter.ts'

/** Which groups may have to be changed before anything is sent: all that were not settled since they were doubted. */
export function createDoubts() {
  const settled = new Set<string>()
  /** `doubted` tells of a conversation, or by undefined of all. */
  const { on, emit } = createEmitter<{ doubted: string | undefined }>()
  return {
    on,
    isStale: (conversationId: string) => !settled.has(conversationId),
    /** Settles a group by `work`. Where that fails, or it is doubted meanwhile, it is as stale as before. */
    async settleBy<T>(conversationId: string, work: () => Promise<T>): Promise<T> {
      settled.add(conversationId)
      try {
        return await work()
      } catch (error) {
        settled.delete(conversationId)
        throw error
      }
    },
    doubt(conversationId?: string): void {
      if (conversationId === undefined) settled.clear()
      else settled.delete(conversationId)
      emit('doubted', conversationId)
    },
  }
}

export type Doubts = ReturnType<typeof createDoubts>
