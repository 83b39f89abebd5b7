import pg from 'pg'

function textParser(oid: number): (text: string) => unknown {
  return pg.types.getTypeParser(oid, 'text')
}

/** Numbers stay numbers as long as they are exact; beyond that the text is kept, which a row's schema then refuses. */
function toNumber(text: string): number | string {
  const value = Number(text)
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text
}

function toNumbers(parse: (text: string) => unknown): (text: string) => unknown {
  return (text) => {
    const items = parse(text)
    return Array.isArray(items) ? items.map((item) => (typeof item === 'string' ? toNumber(item) : item)) : items
  }
}

/** The types our tables and queries use, by the number the server gives them. */
const oids = {
  boolean: 16,
  bytes: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  float4: 700,
  float8: 701,
  booleans: 1000,
  byteArrays: 1001,
  int2s: 1005,
  int4s: 1007,
  texts: 1009,
  varchars: 1015,
  int8s: 1016,
  varchar: 1043,
  timestamp: 1184,
  timestamps: 1185,
  numerics: 1231,
  numeric: 1700,
  id: 2950,
  ids: 2951,
  jsonb: 3802,
  jsonbs: 3807,
} as const

/** How each type is read from the server's text: one table for every adapter, so that they cannot differ. */
export const valueParsers: Readonly<Record<number, (text: string) => unknown>> = {
  ...Object.fromEntries(Object.values(oids).map((oid) => [oid, textParser(oid)])),
  [oids.int8]: toNumber,
  [oids.numeric]: toNumber,
  [oids.int8s]: toNumbers(textParser(oids.int8s)),
  [oids.numerics]: toNumbers(textParser(oids.numerics)),
}
