import { callReports } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { getReport } from '../reports/get-report.ts'

export const getCallReport = route(
  callReports.get,
  (context: Pick<Context, 'sql' | 'kv'>) =>
    ({ params: { call_id: callId }, caller: { userId } }) =>
      getReport(context, { callId, userId }),
)
