import { mountDisk } from '../helpers/index.ts'

type Cleanup = { after: (work: () => unknown) => void }

/** The disks of the database and of the object store, which can be filled. */
export type SmallDisks = { sql: string; store: string }

const megabytes = { sql: 512, store: 16 }

export async function mountSmallDisks(t: Cleanup): Promise<SmallDisks> {
  const [sql, store] = [await mountDisk(t, megabytes.sql), await mountDisk(t, megabytes.store)]
  if (sql === undefined || store === undefined) throw new Error('Only root may mount the disks that are filled here.')
  return { sql, store }
}
