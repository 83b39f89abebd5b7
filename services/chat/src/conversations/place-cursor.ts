import { Uuid } from '@secureconnect/protocol'
import { createCursor } from '@secureconnect/service'
import { Type } from 'typebox'

/** Where a list by time ended: the last one's microseconds and id. */
export const placeCursor = createCursor(
  Type.Object({ us: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), id: Uuid }),
)
