import { calls } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import { listCalls as list } from '../calls/list-calls.ts'
import type { Context } from '../context.ts'

export const listCalls = route(
  calls.list,
  ({ sql }: Pick<Context, 'sql'>) =>
    ({ query, caller }) =>
      list(sql, caller.userId, query),
)
