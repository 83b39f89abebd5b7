import type { Context } from '../context.ts'
import { loadTime, lockCall, markReported } from '../stores/calls.ts'
import { type Measures, writeMeasures } from '../stores/measures.ts'
import { toReportWebhook } from '../webhooks/list-call-webhooks.ts'
import { enqueueWebhooks } from '../webhooks/tell-webhooks.ts'
import { loadStays } from './describe-stays.ts'

export type Reporting = Pick<Context, 'sql' | 'kv' | 'webhooks'>

type Saving = {
  callId: string
  roomId: string
  measures: readonly Measures[]
  /** The room is here no more: what it says now is all. */
  isLast: boolean
}

/**
 * Writes down what a room measured, and with the last of it reports a call that is over: both in one transaction under
 * the call's lock, so that nothing comes after the report and nobody reports twice, whichever process dies when.
 */
export function saveMeasures(context: Reporting, { isLast, ...saving }: Saving): Promise<void> {
  return report(context, saving.callId, { saving, isLast })
}

/** Reports a call that is over, by what is known of it; its room had its time to say more. */
export function reportCall(context: Reporting, callId: string): Promise<void> {
  return report(context, callId, { isLast: true })
}

type Last = { saving?: Omit<Saving, 'isLast'>; isLast: boolean }

function report({ sql, ...way }: Reporting, callId: string, { saving, isLast }: Last): Promise<void> {
  return sql.transaction(async (tx) => {
    const call = await lockCall(tx, callId)
    if (!call || call.reported_at !== null) return
    if (saving) await writeMeasures(tx, saving, saving.measures)
    if (!isLast || call.ended_at === null) return
    const webhook = toReportWebhook(call, await loadStays(tx, call), await loadTime(tx))
    await enqueueWebhooks(tx, [webhook], way)
    await markReported(tx, callId, 1)
  })
}
