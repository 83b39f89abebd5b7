import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { files } from '@secureconnect/protocol'
import { call } from '../services/index.ts'
import type { Scene } from './script.ts'

/** What was under way may be reserved until it is noticed that nothing can be stored. */
const noticedMs = 1_000
/** As long as several uploads take to be refused. */
const triedMs = 2_000

async function readReserved({ cast: { at, ada } }: Scene): Promise<number> {
  const { status, data } = await call(at, files.getQuota, { token: ada.token })
  assert.equal(status, 200, 'quotas are told')
  return data.reserved
}

/** What is refused is not reserved either, however often it is tried. */
export async function assertNothingReserved(scene: Scene): Promise<string[]> {
  await delay(noticedMs)
  const before = await readReserved(scene)
  await delay(triedMs)
  const after = await readReserved(scene)
  assert.ok(after <= before, `${after - before} bytes were reserved by uploads that were refused`)
  return [`reserved by uploads that were refused: none, by one under way: ${after} bytes`]
}
