import { column, type Sql } from '@secureconnect/sql'
import { Type } from 'typebox'

const rowsAtOnce = 5_000
/** More than a device is left between two backups. */
const skippedPositions = 1_000_000_000

/** Takes back all keys that wait to be handed out: which of them went out after the backup nobody knows. */
export async function retireKeys(sql: Sql): Promise<void> {
  const retireSome = () => sql.execute`
    with waiting as (
      select user_id, digest from one_time_keys where not is_last_resort limit ${rowsAtOnce}
    ), gone as (
      delete from one_time_keys using waiting
      where one_time_keys.user_id = waiting.user_id and one_time_keys.digest = waiting.digest
    )
    insert into handed_out_keys (user_id, digest) select user_id, digest from waiting`
  while ((await retireSome()) === rowsAtOnce);
}

const Place = Type.Object({ user_id: column.id, device_id: column.id })
const lowestId = '00000000-0000-0000-0000-000000000000'

/** Has the queues of all devices go on beyond every position that a device may have been given since the backup. */
export async function skipPositions(sql: Sql): Promise<void> {
  let place: { user_id: string; device_id: string } | undefined = { user_id: lowestId, device_id: lowestId }
  while (place) {
    const { user_id, device_id }: { user_id: string; device_id: string } = place
    place = await sql.maybeOne(Place)`
      with page as (
        select user_id, device_id from devices where (user_id, device_id) > (${user_id}, ${device_id})
        order by user_id, device_id limit ${rowsAtOnce}
      ), skipped as (
        update devices set last_position = last_position + ${skippedPositions} from page
        where devices.user_id = page.user_id and devices.device_id = page.device_id
      )
      select user_id, device_id from page order by user_id desc, device_id desc limit 1`
  }
}
