import pg from 'pg'
import { emptyDisk, fillDisk, until } from '../../helpers/index.ts'
import type { Act } from '../acts.ts'
import { assertNothingReserved } from '../assert-nothing-reserved.ts'
import type { Part, Refusal, Scene, Script } from '../script.ts'
import type { SmallDisks } from '../small-disks.ts'

function diskOf({ system }: Scene, of: keyof SmallDisks): string {
  const disk = system.servers.disks?.[of]
  if (disk === undefined) throw new Error('this system has no small disks')
  return disk
}

/** A database that cannot even write its log ends itself, which is another fault: here it has as much log as these seconds take. */
async function beginLog({ system }: Scene): Promise<void> {
  const client = new pg.Client(system.servers.postgres)
  await client.connect()
  await client.query('select pg_switch_wal()')
  await client.end()
}

/** A row that still fits where there are others is kept, and acknowledged. */
const refusal: Refusal = { code: 'SERVICE_UNAVAILABLE', mayBeDone: true }
const writing: readonly Act[] = ['sign in', 'refresh', 'send a message', 'upload a file']

async function assertTold({ system }: Scene): Promise<string[]> {
  const told = 'db_query_errors_total{error="full"}'
  const count = async () => await system.total('db_query_errors_total', 'error="full"')
  await until(`${told} is told`, async () => (await count()) > 0)
  return [`${told} ${await count()}`]
}

const fill = (of: keyof SmallDisks): Pick<Script, 'strike' | 'heal'> => ({
  strike: (scene) => fillDisk(diskOf(scene, of)),
  heal: (scene) => emptyDisk(diskOf(scene, of)),
})

export const fullDisk: Part = {
  name: 'full-disk',
  promise:
    'What is there is read and downloaded. What has no room is refused with 503 and Retry-After, reserves nothing, and is never acknowledged. With room again all goes on by itself.',
  needs: { hasSmallDisks: true },
  scripts: [
    {
      fault: "the database's",
      prepare: beginLog,
      ...fill('sql'),
      refused: Object.fromEntries(writing.map((act) => [act, refusal])),
      meanwhile: assertTold,
    },
    {
      fault: "the object store's",
      ...fill('store'),
      refused: { 'upload a file': { code: 'SERVICE_UNAVAILABLE' } },
      meanwhile: assertNothingReserved,
    },
  ],
}
