import { createExample, type JsonSchema, type Random, toJsonSchema, type Values } from '@secureconnect/test/helpers'
import type { TSchema } from 'typebox'

/** What fits nowhere, or only just. */
const oddities: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  2 ** 53,
  '',
  ' ',
  '\u0000',
  '\ud800',
  "'; drop table users; --",
  '%',
  '../../etc/passwd',
  '{"$gt":""}',
  '<script>alert(1)</script>',
  'x'.repeat(5_000),
  '9999-12-31T23:59:59.999Z',
  '0190a000-0000-7000-8000-000000000001',
  [],
  {},
  { role: 'admin' },
  [[[[]]]],
]

/** Makes up what a schema takes, or nearly: each field may be missing, odd, or another one's. */
export function createRandomInput(random: Random, schema: TSchema | undefined, named: Values): Values {
  if (!schema) return {}
  const { properties = {}, required = [] } = toJsonSchema(schema)
  const fields = Object.entries(properties).flatMap(([name, part]): [string, unknown][] => {
    const isLeftOut = random.upTo(required.includes(name) ? 20 : 2) === 0
    return isLeftOut ? [] : [[name, createRandomValue(random, part, name, named)]]
  })
  if (random.upTo(20) === 0)
    fields.push([random.pick(['role', '__proto__', 'toString', 'user_id']), random.pick(oddities)])
  return Object.fromEntries(fields)
}

function createRandomValue(random: Random, schema: JsonSchema, name: string, named: Values): unknown {
  if (random.upTo(4) === 0) return random.pick(oddities)
  if (schema.anyOf && random.upTo(2) === 0) return createRandomValue(random, random.pick(schema.anyOf), name, named)
  try {
    return createExample(schema, name, named)
  } catch {
    // Only what is written by hand would fit.
    return random.pick(oddities)
  }
}
