import { GroupError } from '@secureconnect/e2ee/groups'
import type { DeviceMessageFrame } from '@secureconnect/protocol'
import { insist } from '../insist.ts'
import { createHearing, type Hearing } from './hear-events.ts'
import type { Needed } from './needs.ts'
import type { Fault } from './news.ts'
import type { createSending } from './send-sealed.ts'

type FollowingChat = Pick<Needed, 'client'> &
  Hearing & {
    deviceId: string
    sending: ReturnType<typeof createSending>
    receive: (frame: DeviceMessageFrame) => Promise<void>
    refill: () => Promise<void>
    renew: () => Promise<void>
    settle: (conversationId: string) => Promise<void>
    devicesChanged: (userId: string) => void
    report: (fault: Fault) => void
  }

/** Does what the chat tells that concerns keys, until what it returns is called. */
export function followChat(needed: FollowingChat): () => void {
  const { client, deviceId, store, sending, receive, settle, doubt, report } = needed
  const { chat } = client

  /** What does not add up is told; what failed on its way is done again when it is needed. */
  const watch = (work: Promise<unknown>, what: Fault['what'], conversationId?: string) =>
    work.catch((error: unknown) => {
      if (error instanceof GroupError) report({ conversationId, fault: error.fault, what, error })
    })

  const hear = createHearing(needed, watch)

  let welcomes = Promise.resolve()
  function take(frame: DeviceMessageFrame): void {
    if (frame.device_id !== deviceId) return
    const { conversation_id, position } = frame
    // One after the other: what is acknowledged ends all that came before it.
    welcomes = welcomes.then(async () => {
      await watch(
        insist(() => receive(frame)),
        'welcome',
        conversation_id ?? undefined,
      )
      await chat.ask('device.ack', { up_to: position }).catch(() => undefined)
    })
  }

  async function takeIn(userId: string): Promise<void> {
    doubt()
    needed.devicesChanged(userId)
    // One's own new device is let in by those that are there; those of others before the next message.
    if (userId !== client.userId) return
    for (const id of await store.list())
      await watch(
        insist(() => settle(id)),
        'commit',
        id,
      )
  }

  const ends = [
    chat.on('event', hear),
    chat.on('device.message', take),
    chat.on('device.list_changed', ({ user_id }) => void watch(takeIn(user_id), 'commit')),
    chat.on('keys.low', ({ device_id }) => device_id === deviceId && void watch(insist(needed.refill), 'key-package')),
    chat.on('unsent', (unsent) => void watch(sending.sendAgain(unsent), 'message', unsent.draft.conversation_id)),
    chat.on(
      'conversation.removed',
      ({ conversation_id: id }) =>
        void watch(
          store.run(id, () => store.forget(id)),
          'commit',
          id,
        ),
    ),
    // What changed while nobody told of it is looked for before anything is sent.
    chat.on('state', ({ status }) => status === 'open' && doubt()),
    chat.on('state', ({ status }) => status === 'open' && void watch(insist(needed.renew), 'key-package')),
  ]
  return () => {
    for (const end of ends) end()
  }
}
