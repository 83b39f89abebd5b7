import type { Operation } from '@secureconnect/protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** What a request may carry; an operation's schemas say which parts there are. */
export type Input = { params: Values; query: Values; body: Values | undefined }
export type Values = Record<string, unknown>

export type JsonSchema = Readonly<{
  type?: string
  const?: unknown
  anyOf?: readonly JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  items?: JsonSchema
  minLength?: number
  maxLength?: number
  minimum?: number
  minItems?: number
}>

/** The schema as the JSON that it is. */
export function toJsonSchema(schema: TSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema))
}

/** One of these is what most text fields want. */
function textCandidates({ minLength = 1 }: JsonSchema): string[] {
  return [
    '0190a000-0000-7000-8000-000000000001',
    'x'.repeat(minLength),
    'Some words',
    'somebody@example.org',
    'https://example.org/picture.png',
    '2026-01-01T00:00:00.000Z',
    '123456',
  ]
}

function createText(schema: JsonSchema, field: string): string {
  const check = Compile(schema as TSchema)
  const text = textCandidates(schema).find((candidate) => check.Check(candidate))
  if (text === undefined) throw new Error(`Nobody can make up a "${field}": give the operation a fixture for it.`)
  return text
}

/** The smallest value that a schema takes; where a field has a name in `named`, it is that. */
export function createExample(schema: JsonSchema, field: string, named: Values = {}): unknown {
  if (field in named) return named[field]
  if ('const' in schema) return schema.const
  if (schema.anyOf?.[0]) return createExample(schema.anyOf[0], field, named)
  switch (schema.type) {
    case 'object':
      return createFields(schema, named)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => createExample(schema.items ?? {}, field, named))
    case 'string':
      return createText(schema, field)
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      throw new Error(`Nobody can make up a "${field}": give the operation a fixture for it.`)
  }
}

/** Every required field of an object. */
function createFields({ properties = {}, required = [] }: JsonSchema, named: Values): Values {
  return Object.fromEntries(required.map((name) => [name, createExample(properties[name] ?? {}, name, named)]))
}

type Known = Partial<Input> & {
  /** The values of fields by their names, wherever those stand. */
  named?: Values
}

/** The smallest input of an operation, with what is known better in the place of what is made up. */
export function createInput({ params, query, body }: Operation, { named = {}, ...known }: Known = {}): Input {
  const fill = (schema: TSchema, values: Values = {}): Values => ({
    ...createFields(toJsonSchema(schema), { ...named, ...values }),
    ...values,
  })
  return {
    params: params ? fill(params, known.params) : {},
    query: query ? fill(query, known.query) : {},
    body: body ? fill(body, known.body) : undefined,
  }
}
