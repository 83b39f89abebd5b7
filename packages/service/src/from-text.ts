import type { TSchema } from 'typebox'

type Parts = {
  type?: string
  properties?: Readonly<Record<string, TSchema>>
  items?: TSchema
}

const plainNumber = /^-?(0|[1-9]\d{0,14})(\.\d+)?$/

function readText(type: string | undefined, text: string): unknown {
  const isNumber = type === 'integer' || type === 'number'
  if (isNumber && plainNumber.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

/**
 * Query and path are text. Where their schema wants a number, a flag or a list, that is read in its one plain form;
 * everything else stays as it came, for the schema to judge.
 */
export function fromText(schema: TSchema, value: unknown): unknown {
  const { type, properties, items }: Parts = schema
  if (properties && typeof value === 'object' && value !== null) {
    const read = ([name, part]: [string, unknown]) => [name, properties[name] ? fromText(properties[name], part) : part]
    return Object.fromEntries(Object.entries(value).map(read))
  }
  if (items && value !== undefined) return [value].flat().map((item) => fromText(items, item))
  return typeof value === 'string' ? readText(type, value) : value
}
