import type { Operation } from '@secureconnect/protocol'
import { type Input, type JsonSchema, toJsonSchema, type Values } from './example-input.ts'

/** Where in a request a field is, as `body.reason`. */
export type Field = { part: 'params' | 'query' | 'body'; path: readonly string[] }

function isText({ type, const: value, anyOf = [] }: JsonSchema): boolean {
  return type === 'string' || typeof value === 'string' || anyOf.some(isText)
}

function listPaths(schema: JsonSchema, path: readonly string[] = []): (readonly string[])[] {
  if (isText(schema)) return [path]
  if (schema.items) return listPaths(schema.items, [...path, '0'])
  return [
    ...(schema.anyOf ?? []).flatMap((one) => listPaths(one, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => listPaths(part, [...path, name])),
  ]
}

/** Every field of an operation that takes text, the optional ones too. */
export function listTextFields(operation: Operation): Field[] {
  return (['params', 'query', 'body'] as const).flatMap((part) => {
    const schema = operation[part]
    return schema ? listPaths(toJsonSchema(schema)).map((path) => ({ part, path })) : []
  })
}

function put(values: unknown, [name = '', ...rest]: readonly string[], value: unknown): Values {
  const copy: Values = { ...(values as Values | undefined) }
  copy[name] = rest.length === 0 ? value : put(copy[name], rest, value)
  return Array.isArray(values) || name === '0' ? Object.assign([], copy) : copy
}

/** The input with another value in one field. */
export function withField(input: Input, { part, path }: Field, value: unknown): Input {
  return { ...input, [part]: put(input[part], path, value) }
}

export function readField(input: Input, { part, path }: Field): unknown {
  return path.reduce<unknown>((values, name) => (values as Values | undefined)?.[name], input[part])
}
