import { createHash } from 'node:crypto'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { LocalData } from './local-data.ts'

/** On a cluster all keys of a script have to be on one node: usually there is one key. */
export type ScriptInput = { keys: readonly string[]; args: readonly (string | number)[] }

/** Steps that nobody may come between, once in Lua for Redis and once for the process's own memory. */
export type KvScript<T> = {
  readonly name: string
  readonly lua: string
  readonly sha1: string
  readonly checkReply: (reply: unknown) => T
  readonly runLocally: (data: LocalData, input: ScriptInput) => T
}

export type ScriptDefinition<S extends TSchema> = {
  /** The `command` label of its metrics. */
  name: string
  lua: string
  reply: S
  runLocally: (data: LocalData, input: ScriptInput) => Static<S>
}

/** Defines a script; what Redis answers is checked against `reply`. */
export function defineScript<S extends TSchema>(definition: ScriptDefinition<S>): KvScript<Static<S>> {
  const { name, lua, reply: schema, runLocally } = definition
  const validator = Compile(schema)
  const isReply = (reply: unknown): reply is Static<S> => validator.Check(reply)
  return {
    name,
    lua,
    sha1: createHash('sha1').update(lua).digest('hex'),
    checkReply(reply) {
      if (isReply(reply)) return reply
      throw new Error(`The script ${name} answered what its schema does not allow`)
    },
    runLocally,
  }
}
