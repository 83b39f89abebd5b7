import type { TSchema } from 'typebox'
import * as contract from './index.ts'

export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/** Turns schemas into JSON, with a reference wherever the contract has a name for a part. */
export type SchemaWriter = {
  write(schema: TSchema): Json
  /** The named schemas that were referred to. */
  readonly components: JsonObject
}

/** Names are found by content: TypeBox copies schemas when it composes them. */
function listNames(): ReadonlyMap<string, string> {
  const objects = Object.entries(contract).filter(([, value]) => typeof value === 'object')
  return new Map(objects.map(([name, value]) => [JSON.stringify(value), name]))
}

export function createSchemaWriter(): SchemaWriter {
  const names = listNames()
  const components: Record<string, Json> = {}

  function refer(name: string, content: Json): JsonObject {
    if (!(name in components)) {
      components[name] = {}
      components[name] = writeParts(content)
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  function writeParts(value: Json): Json {
    if (Array.isArray(value)) return value.map(writeAny)
    if (!isObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, writeAny(part)]))
  }

  function writeAny(value: Json): Json {
    const name = isObject(value) ? names.get(JSON.stringify(value)) : undefined
    return name === undefined ? writeParts(value) : refer(name, value)
  }

  return {
    write: (schema) => writeAny(JSON.parse(JSON.stringify(schema))),
    get components() {
      return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)))
    },
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
