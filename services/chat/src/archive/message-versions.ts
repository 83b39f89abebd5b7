import { Metadata } from '@secureconnect/protocol'
import { Type } from 'typebox'

/** The earlier texts of a message, as archives hold them. */
export const MessageVersions = Type.Array(
  Type.Object({ content: Type.String(), metadata: Metadata, createdAt: Type.String() }),
)
