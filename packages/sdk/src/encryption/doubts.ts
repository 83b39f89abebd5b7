import { createEmitter } from '../emitter.ts'

/** Which groups may have to be changed before anything is sent: all that were not settled since they were doubted. */
export function createDoubts() {
  const settled = new Set<string>()
  /** `doubted` tells of a conversation, or by undefined of all. */
  const { on, emit } = createEmitter<{ doubted: string | undefined }>()
  return {
    on,
    isStale: (conversationId: string) => !settled.has(conversationId),
    settled: (conversationId: string) => void settled.add(conversationId),
    doubt(conversationId?: string): void {
      if (conversationId === undefined) settled.clear()
      else settled.delete(conversationId)
      emit('doubted', conversationId)
    },
  }
}

export type Doubts = ReturnType<typeof createDoubts>
