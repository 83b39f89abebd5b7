import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { countWebhookSettings, removeNode, writeNode } from '../stores/nodes.ts'
import { takesRooms } from './choose-node.ts'

const name = 'node'
const everyMs = 2_000

type Needed = Pick<Context, 'sql' | 'log' | 'config' | 'rooms' | 'pool' | 'webhooks' | 'events'>

/** Says that this process is there, whether it takes rooms and how much it has to do. */
export function tellNode(context: Needed): Promise<void> {
  const { sql, config, rooms, pool, webhooks } = context
  const { holder } = rooms
  return writeNode(sql.background, {
    holder,
    node: config.videoNode,
    takesRooms: takesRooms(context),
    load: pool.load,
    webhooks: webhooks?.settings ?? null,
  })
}

/** Says so all the time: by that others bring calls here. */
export async function keepNodeTold(context: Needed): Promise<AsyncDisposable> {
  const { sql, log, rooms, events } = context
  let settings = 1
  const work = async () => {
    await tellNode(context)
    const before = settings
    settings = await countWebhookSettings(sql.background)
    if (settings > 1 && before === 1) events.webhookSettingsDiffer()
  }
  await work().catch((error) => tellFailure({ name, log }, error))
  const telling = repeat({ name, everyMs, log, work })
  return {
    async [Symbol.asyncDispose]() {
      await telling[Symbol.asyncDispose]()
      // Whoever is not told finds out by the silence.
      await removeNode(sql.background, rooms.holder).catch(() => undefined)
    },
  }
}
