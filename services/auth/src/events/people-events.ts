import type { Observers } from './observers.ts'

type Between = { userId: string; targetId: string }

/** What people do with each other. */
export function createPeopleEvents({ log, audit }: Observers) {
  const tell = (resource: 'friendship' | 'block', action: string, { userId, targetId }: Between) => {
    log.info({ user_id: userId, target_id: targetId, outcome: 'succeeded' }, `${resource}: ${action}`)
    audit.record({ resource, action, result: 'allowed', userId, targetId })
  }
  return {
    friendAsked: (between: Between) => tell('friendship', 'ask', between),
    friendAccepted: (between: Between) => tell('friendship', 'accept', between),
    friendRejected: (between: Between) => tell('friendship', 'reject', between),
    friendRemoved: (between: Between) => tell('friendship', 'remove', between),
    userBlocked: (between: Between) => tell('block', 'add', between),
    userUnblocked: (between: Between) => tell('block', 'remove', between),
  }
}
