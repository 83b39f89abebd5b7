import { AppError } from '@secureconnect/errors'
import { type ChatRequest, limits, type Position, type Subscribed } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { Feed } from '../fan-out/feed.ts'
import { BrokenFeed } from '../fan-out/feed.ts'
import { Follower } from '../fan-out/follower.ts'
import type { Standing } from '../stores/live.ts'
import type { Session } from './session.ts'

type Needed = Pick<Context, 'audience' | 'metrics'>
type Placed = { follower: Follower; wasAsked: boolean; recovered: boolean }
type Member = { [K in keyof Standing]: NonNullable<Standing[K]> }

const attempts = 10

function isMember(standing: Standing): standing is Member {
  return standing.visible_from !== null
}

/** Whether all that came after a position is in the log, is not too much, and is for this person. */
function canRecover({ log_epoch, seq }: Position, standing: Member): boolean {
  const { visible_from, history_start_seq, log_start, last_seq } = standing
  if (log_epoch !== standing.log_epoch || seq > last_seq) return false
  return last_seq - seq <= limits.replayedEvents && seq >= Math.max(visible_from - 1, history_start_seq, log_start)
}

/**
 * The feed of a conversation together with how a person stands with it. Both are read anew where somebody left
 * between, for it may have been he; undefined for all but members.
 */
async function findPlace(
  { feeds, readStanding }: Needed['audience'],
  viewer: { conversationId: string; userId: string },
): Promise<{ feed: Feed; standing: Member } | undefined> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const standing = await readStanding(viewer)
    if (!isMember(standing)) return undefined
    const feed = await feeds.open(viewer.conversationId)
    if (!feed) return undefined
    // What was committed before we were asked has come through: of a deleted text nothing is left to be replayed.
    await feed.reach(standing)
    const isCurrent = feed.logEpoch === standing.log_epoch && feed.lastLeft <= standing.last_seq
    if (isCurrent && !feed.isBroken) return { feed, standing }
  }
  throw new AppError('SERVICE_UNAVAILABLE', 'This conversation changes too fast to be followed now.')
}

async function place(
  { audience }: Needed,
  { session, conversationId, position }: { session: Session; conversationId: string; position: Position | null },
): Promise<Placed | undefined> {
  const { connection, userId } = session
  if (!session.serves(conversationId)) return undefined
  const found = await findPlace(audience, { conversationId, userId })
  if (!found || connection.isClosing) return undefined
  const { feed, standing } = found
  const wasAsked = position !== null
  const known = session.find(conversationId)
  if (known) {
    // What came since is on this socket already, if it began early enough.
    const recovered = wasAsked && position.log_epoch === feed.logEpoch && known.hasAllAfter(position.seq)
    return { follower: known, wasAsked, recovered }
  }
  const recovered = wasAsked && canRecover(position, standing)
  const { visible_from: visibleFrom } = standing
  const seq = recovered ? position.seq : feed.lastSeq
  const follower = new Follower({ feed, connection, userId, visibleFrom, seq })
  session.add(follower)
  return { follower, wasAsked, recovered }
}

/** A client that got some of what it missed must not take it for all. */
function endSocket({ connection }: Session, error: unknown): never {
  connection.close(error instanceof BrokenFeed ? 'restart' : 'ourFault')
  throw new AppError('SERVICE_UNAVAILABLE', 'What was missed could not be read.', { cause: error })
}

/** Has a socket follow conversations: what it missed comes first, all of it or nothing, then what happens. */
export async function subscribe(
  context: Needed,
  session: Session,
  { positions }: Pick<ChatRequest<'subscribe'>, 'positions'>,
) {
  const placed = await Promise.all(
    Object.entries(positions).map(async ([conversationId, position]) => {
      return { conversationId, placed: await place(context, { session, conversationId, position }) }
    }),
  )
  const subscribed: Record<string, Subscribed> = {}
  const followed = placed.flatMap(({ placed }) => placed ?? [])
  for (const { follower, recovered } of followed) {
    if (recovered) await follower.catchUp().catch((error) => endSocket(session, error))
  }
  for (const { follower, wasAsked, recovered } of followed) {
    if (!recovered) follower.goLive()
    if (wasAsked) context.metrics.resume.inc({ result: recovered ? 'recovered' : 'not_recovered' })
    const { feed, seq } = follower
    subscribed[feed.conversationId] = { log_epoch: feed.logEpoch, last_seq: seq, recovered }
  }
  const notFound = placed.flatMap(({ conversationId, placed }) => (placed ? [] : [conversationId]))
  return { subscribed, not_found: notFound }
}
