import { startErasure, startExport } from '@secureconnect/account-jobs'
import { until } from '@secureconnect/test/helpers'
import type { Person, Video } from './test-video.ts'

async function run({ context: { sql, kv } }: Video, { userId }: Person, start: typeof startExport): Promise<void> {
  await sql.transaction(async (tx) => void (await start(tx, { userId, order: ['video-service'] }, kv)))
  const isOpen = () => sql.execute`select from account_jobs where user_id = ${userId} and finished_at is null`
  await until('the job is done', async () => (await isOpen()) === 0)
}

/** Has all that video-service knows of somebody exported. */
export const exportAccount = (video: Video, person: Person) => run(video, person, startExport)

/** Has somebody erased, as far as video-service knows of him. */
export const eraseAccount = (video: Video, person: Person) =>
  run(video, person, async (tx, job, kv) => {
    await tx.execute`update users set erasing_at = now() where user_id = ${job.userId}`
    await startErasure(tx, { ...job, messages: 'keep' }, kv)
    return true
  })
