import { type OutboxRow, type Topic, Undeliverable, yieldToNewer } from '@secureconnect/outbox'
import { PushError } from '@secureconnect/push'
import type { Queries } from '@secureconnect/sql'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { removeDeadToken } from '../stores/push-tokens.ts'
import { findPushable } from '../stores/pushable.ts'
import { composePush } from './compose-push.ts'
import { findEarlier } from './find-earlier.ts'
import { isQuiet } from './quiet-hours.ts'
import { WaitingPush } from './waiting-push.ts'

const waitingPush = Compile(WaitingPush)
/** Firebase itself is asked by fewer at once; the others see meanwhile whether they are wanted still. */
const atOnce = 12
/** An attempt may take as long as the call to Firebase and the few statements around it. */
const attemptMs = 10_000

type Needed = Pick<Context, 'config' | 'sql' | 'pusher' | 'log'>

/** What is wanted still of a push: itself, or else the newest of what it took the place of; and its device. */
async function findWanted(sql: Queries, push: WaitingPush) {
  const device = await findPushable(sql, push)
  if (device) return { push, device }
  const earlier = await findEarlier(sql, push)
  const earlierDevice = earlier && (await findPushable(sql, earlier))
  return earlierDevice && { push: earlier, device: earlierDevice }
}

async function sendPush(row: OutboxRow, { config, sql, pusher, log }: Needed): Promise<void> {
  const { payload, outbox_id: pushId, created_at: enqueuedAt } = row
  if (!waitingPush.Check(payload)) throw new Undeliverable('the row is not a push')
  const isOvertaken = await yieldToNewer(sql.background, row, 'first_seq')
  const wanted = isOvertaken ? undefined : await findWanted(sql.background, payload)
  if (!wanted) return log.debug({ type: payload.kind, push_id: pushId }, 'a push was not needed any more')
  const { push, device } = wanted
  const fields = { type: push.kind, push_id: pushId }
  // Who asks for a test waits for it.
  const isSilent = push.kind !== 'test' && device.quiet_hours !== null && isQuiet(device.quiet_hours, new Date())
  if (isSilent) return log.debug(fields, 'a push fell silent')
  const composed = await composePush(sql.background, { push, device, enqueuedAt, content: config.pushContent })
  try {
    if ((await pusher.send(composed)) === 'sent') return
  } catch (error) {
    const isHopeless = error instanceof PushError && error.reason === 'refused'
    throw isHopeless ? new Undeliverable(error.message, { cause: error }) : error
  }
  await removeDeadToken(sql.background, push.token_id)
  log.info(fields, 'a device that takes no more pushes was forgotten')
}

/** Sends pushes, each as long as it is of use: however long Firebase is away, what is too late then is not sent. */
export function createPushTopic(needed: Needed): Topic {
  return {
    deliver: (row) => sendPush(row, needed),
    attempts: Number.MAX_SAFE_INTEGER,
    atOnce,
    timeoutMs: attemptMs,
    isReady: () => needed.pusher.isReady,
  }
}
