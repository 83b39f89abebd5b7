import { limits } from '@secureconnect/protocol'
import { createCursor } from '@secureconnect/service'
import { Type } from 'typebox'

/** A place in a list of people that is sorted by username, which no two of them share. */
export const usernameCursor = createCursor(
  Type.Object({ key: Type.String({ pattern: '^[a-z0-9_.-]+$', maxLength: limits.usernameCharacters.max }) }),
)
