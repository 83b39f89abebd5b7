import type { Context } from '../context.ts'
import { enqueueRemoval } from '../recording/remove-recording.ts'
import { countWebhooks, loadTime, lockCall } from '../stores/calls.ts'
import { type CompositeFile, type CompositeRow, failComposite, type Held, noteComposite } from '../stores/composites.ts'
import type { RecordingRow } from '../stores/recordings.ts'
import { toCompositeWebhook } from '../webhooks/list-call-webhooks.ts'
import { enqueueWebhooks } from '../webhooks/tell-webhooks.ts'
import type { CompositeFaultReason } from './composite-fault.ts'

type Ending = { held: Held; recording: RecordingRow; outcome: CompositeFile | CompositeFaultReason }

/** Notes what became of a composite, and has it told; where it is not wanted any more, its file goes. */
export async function endComposite(
  context: Pick<Context, 'sql' | 'kv' | 'webhooks' | 'events'>,
  { held, recording, outcome }: Ending,
): Promise<void> {
  const { recording_id, composite_id } = held
  const row = await context.sql.background.transaction(async (tx): Promise<CompositeRow | undefined> => {
    const call = await lockCall(tx, recording.call_id)
    const ended =
      typeof outcome === 'string' ? await failComposite(tx, held, outcome) : await noteComposite(tx, held, outcome)
    if (!ended) await enqueueRemoval(tx, { recording_id, segment_ids: [composite_id] }, context.kv)
    if (!ended || !call) return ended
    await enqueueWebhooks(
      tx,
      [toCompositeWebhook(call, { recording, composite: ended, at: await loadTime(tx) })],
      context,
    )
    await countWebhooks(tx, call.call_id, 1)
    return ended
  })
  if (row) context.events.compositeFinished(row)
}
