import { effect, signal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { ApiError } from '@secureconnect/sdk'
import { createCalls, type Entering, type OngoingCall } from '@secureconnect/sdk/calls'
import { client } from '../app/client.ts'
import { conversationPath, go } from '../app/router.ts'
import { callIn, findCallIn } from './calls-going-on.ts'
import { findEncryption } from './encrypted/call-encryption.ts'
import { Talk, type TalkOptions } from './talk.ts'

const calls = createCalls(client)

/** The call that one is in, or was in and has not put away. */
export const talk = signal<Talk | undefined>(undefined)

/** Whether the conversation is shown beside the call. */
export const isChatShown = signal(false)

type Entrance = TalkOptions['enter']
type StartedCall = Parameters<typeof calls.start>[0]
/** How a call is to be, where it begins: whether people are let in one by one. */
export type Beginning = { conversationId: string; withCamera: boolean; hasLobby?: boolean }
type Ringing = { call_id: string; conversation_id: string }

/** What was wished for last, to be tried again. */
let lastWish: TalkOptions | undefined

/** One is in one call at a time. */
function enterBy(wish: TalkOptions): void {
  void talk.value?.hangUp()
  lastWish = wish
  isChatShown.value = false
  const enter: Entrance = async (entering) =>
    wish.enter({ ...entering, ...(await findEncryption(wish.conversationId)) })
  talk.value = new Talk({ ...wish, enter })
  go(conversationPath(wish.conversationId))
}

/** In a conversation of very many it rings at some of them, and all others may join. */
async function startWithSome(call: StartedCall, entering: Entering): Promise<OngoingCall> {
  const { conversation_id } = call
  const { participants } = await client.rest.conversations.listParticipants({ conversation_id, limit: 100 })
  const callee_ids = participants.map(({ user_id }) => user_id).filter((id) => id !== client.userId)
  return calls.start({ ...call, callee_ids: callee_ids.slice(0, limits.calleesPerCall) }, entering)
}

/** Two may call each other at once: whoever is later comes into the call of the other. */
const startOrJoin =
  ({ conversationId: conversation_id, withCamera, hasLobby: has_lobby }: Beginning): Entrance =>
  async (entering) => {
    const call = {
      conversation_id,
      call_type: withCamera ? 'video' : 'audio',
      ...(has_lobby && { has_lobby }),
    } as const
    try {
      return await calls.start(call, entering)
    } catch (error) {
      const code = error instanceof ApiError ? error.code : undefined
      if (code === 'LIMIT_REACHED') return startWithSome(call, entering)
      const goesOn = code === 'CONFLICT' ? await findCallIn(conversation_id) : undefined
      if (goesOn === undefined) throw error
      return calls.join(goesOn, entering)
    }
  }

/** Comes into the call of a conversation; where none goes on, it begins and rings at the others. */
export function beginTalk(beginning: Beginning): void {
  const { conversationId, withCamera } = beginning
  const enter: Entrance = async (entering) => {
    // It may have ended while nothing could be told.
    const goesOn = callIn(conversationId) && (await findCallIn(conversationId))
    return goesOn ? calls.join(goesOn, entering) : startOrJoin(beginning)(entering)
  }
  enterBy({ conversationId, withCamera, enter })
}

export function answer({ call_id: callId, conversation_id: conversationId }: Ringing, withCamera: boolean): void {
  enterBy({ conversationId, callId, withCamera, enter: (entering) => calls.answer(callId, entering) })
}

export const decline = (callId: string) => calls.decline(callId)

/** Asks once more for what could not be had. */
export function tryAgain(): void {
  if (lastWish) enterBy(lastWish)
}

/** Puts away what is said about a call that is over. */
export function putAway(): void {
  talk.value = undefined
}

// Whoever hangs up need not be told that the call is over.
effect(() => {
  const phase = talk.value?.phase.value
  if (phase?.is === 'over' && phase.outcome === undefined) putAway()
})
