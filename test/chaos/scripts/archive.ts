import assert from 'node:assert/strict'
import { messages } from '@secureconnect/protocol'
import pg from 'pg'
import { until } from '../../helpers/index.ts'
import { call } from '../../services/index.ts'
import type { Part, Scene, Script } from '../script.ts'
import { degraded, told } from '../signs.ts'

/** What comes within the second or two that the archive is behind. */
const usualLag = 40
/** What the log has of the last day, here of the last seconds. */
const newestKept = 40
const drainedWithinMs = 30_000

const older = ({ cast: { at, ada, conversationId } }: Scene) =>
  call(at, messages.list, { token: ada.token, query: { conversation_id: conversationId, before_seq: 3 } })

/** Has the log forget what is archived but for the newest, as if a day had gone by: older pages come from the archive alone from then on. */
async function forgetLog({ system, cast: { conversationId } }: Scene): Promise<void> {
  const client = new pg.Client(system.servers.postgres)
  await client.connect()
  const mark = `update archive_state set log_start = archived_seq - ${newestKept}
    where conversation_id = $1 and archived_seq > ${2 * newestKept}`
  const isArchived = async () => (await client.query(mark, [conversationId])).rowCount === 1
  await until('the archive has the first messages', isArchived, drainedWithinMs)
  await client.query(
    `delete from conversation_log where conversation_id = $1
       and seq <= (select log_start from archive_state where conversation_id = $1)`,
    [conversationId],
  )
  await client.end()
}

async function assertOlderRefused(scene: Scene): Promise<string[]> {
  const startedAt = performance.now()
  const { status, code, headers } = await older(scene)
  assert.deepEqual([status, code], [503, 'HISTORY_UNAVAILABLE'])
  const retryAfter = Number(headers.get('retry-after'))
  assert.ok(retryAfter >= 1 && retryAfter <= 5, `Retry-After: ${retryAfter}`)
  const lag = await scene.system.metric('chat-service', 'chat_archive_lag_events')
  return [
    `chat_archive_lag_events ${lag}`,
    `older pages: 503 HISTORY_UNAVAILABLE after ${Math.round(performance.now() - startedAt)} ms`,
  ]
}

async function assertOlderBack(scene: Scene): Promise<string[]> {
  const startedAt = performance.now()
  await until('older pages are read', async () => (await older(scene)).status === 200, drainedWithinMs)
  const lag = async () => (await scene.system.metric('chat-service', 'chat_archive_lag_events')) ?? Infinity
  await until('the archive has caught up', async () => (await lag()) < usualLag, drainedWithinMs)
  return [
    `older pages, and no more lag than usual, ${Math.round(performance.now() - startedAt)} ms after everything else was back`,
  ]
}

const heal = ({ system }: Scene) => system.servers.lines.archive.heal()
const faults = {
  'refuses connections': ({ system }: Scene) => system.servers.lines.archive.refuse(),
  'hangs with open connections': ({ system }: Scene) => system.servers.lines.archive.freeze(),
  'answers after 4 s': ({ system }: Scene) => system.servers.lines.archive.latency(2_000),
  'is cut off within its answers': ({ system }: Scene) => system.servers.lines.archive.cutAfter(200),
}

export const archive: Part = {
  name: 'archive',
  promise:
    'Messages are sent, delivered and read while the log has them, for a day at least; older pages answer 503 HISTORY_UNAVAILABLE. The lag is told. On its return the archive gets everything in order, without a hole and nothing twice.',
  needs: { hasArchive: true },
  scripts: Object.entries(faults).map(
    ([fault, fail]): Script => ({
      fault,
      prepare: forgetLog,
      strike: async (scene) => fail(scene),
      heal,
      signs: [degraded('chat-service'), told('archive')],
      meanwhile: assertOlderRefused,
      afterwards: assertOlderBack,
    }),
  ),
}
