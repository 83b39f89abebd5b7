import assert from 'node:assert/strict'
import { column } from '@secureconnect/sql'
import { collect, until } from '@secureconnect/test/helpers'
import { Type } from 'typebox'
import { endUploads } from '../src/keeping/end-uploads.ts'
import { recountQuotas } from '../src/keeping/recount-quotas.ts'
import { removeOrphans } from '../src/keeping/remove-orphans.ts'
import { listKeys, type Storage } from './test-storage.ts'

const hourMs = 3_600_000

/** What the background jobs do within a day, at once: every upload and lease has ended, and every object is old. */
export async function reconcile({ context }: Storage): Promise<void> {
  const { sql, blobs } = context
  await sql.execute`update files set upload_ends_at = now() - interval '1 hour' where state = 'pending'`
  await endUploads(context)
  await sql.execute`update outbox set due_at = now(), lease_until = null`
  await until('nothing waits', async () => (await sql.execute`select from outbox`) === 0)
  await recountQuotas(context)
  const modifiedAt = new Date(Date.now() - 48 * hourMs)
  const list: typeof blobs.list = async function* (prefix) {
    for await (const found of blobs.list(prefix)) yield { ...found, modifiedAt }
  }
  const listParts: typeof blobs.listParts = async function* () {
    for await (const found of blobs.listParts()) yield { ...found, modifiedAt }
  }
  await removeOrphans({ ...context, blobs: { ...blobs, list, listParts } })
}

const Keys = Type.Object({ object_key: column.text, preview_key: column.nullable(column.text) })
const Sums = Type.Object({ quotas: column.integer, files: column.integer })

/** No object is without its file, no file without its object, and the quotas say what is there. */
export async function assertConsistent(storage: Storage): Promise<void> {
  const { sql } = storage.context
  const rows = await sql.many(Keys)`select object_key, preview_key from files where state = 'live'`
  const known = rows.flatMap(({ object_key, preview_key }) => [object_key, preview_key]).filter((key) => key !== null)
  assert.deepEqual(await listKeys(storage), known.sort())
  assert.deepEqual(await collect(storage.context.blobs.listParts()), [])
  const differing = await sql.execute`
    select from storage_quotas quota
    left join (
      select owner_id, sum(size) filter (where state = 'live') as used, sum(size) filter (where state = 'pending') as reserved
      from files group by owner_id
    ) as kept on owner_id = user_id
    where used_bytes <> coalesce(used, 0) or reserved_bytes <> coalesce(reserved, 0)`
  assert.equal(differing, 0, 'every quota says what its owner has')
  const { quotas, files } = await sql.one(Sums)`
    select (select coalesce(sum(used_bytes), 0) from storage_quotas)::bigint as quotas,
      (select coalesce(sum(size), 0) from files where state = 'live')::bigint as files`
  assert.equal(quotas, files)
}
