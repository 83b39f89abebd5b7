import type { Observers } from './observers.ts'

type About = { pollId: string; conversationId: string }

/** What happens to polls; who voted is told nobody. */
export function createPollEvents({ log, audit }: Observers) {
  const tell = (action: string, { pollId, conversationId, userId }: About & { userId: string }) => {
    log.info({ poll_id: pollId, conversation_id: conversationId, user_id: userId }, `poll: ${action}`)
    audit.record({ resource: 'poll', action, result: 'allowed', userId, targetId: pollId })
  }
  return {
    pollCreated: (done: About & { userId: string }) => tell('create', done),
    pollClosed: (done: About & { userId: string }) => tell('close', done),
    pollDeleted: (done: About & { userId: string }) => tell('delete', done),
    pollVoted: ({ pollId, conversationId }: About) =>
      log.debug({ poll_id: pollId, conversation_id: conversationId }, 'somebody voted'),
  }
}
