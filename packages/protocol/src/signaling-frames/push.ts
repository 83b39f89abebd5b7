import { type TProperties, Type } from 'typebox'

/** Something told to one participant, in an order that survives his socket: `seq` is one more than that of the last. */
export function Push<T extends string, P extends TProperties>(type: T, properties: P) {
  return Type.Object({ type: Type.Literal(type), seq: Type.Integer({ minimum: 1 }), ...properties })
}
