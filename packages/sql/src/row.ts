import { type Static, type TSchema, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

type AnyValidator = Pick<Validator, 'Check' | 'Errors'>
const validators = new WeakMap<TSchema, AnyValidator>()

function validatorOf(schema: TSchema): AnyValidator {
  const known = validators.get(schema)
  if (known) return known
  const validator = Compile(schema)
  validators.set(schema, validator)
  return validator
}

/** Checks each row against its schema; a fault names the column and never its value. */
export function checkRows<T extends TSchema>(schema: T, rows: readonly unknown[], table: string): Static<T>[] {
  const validator = validatorOf(schema)
  const isRow = (row: unknown): row is Static<T> => validator.Check(row)
  return rows.map((row) => {
    if (isRow(row)) return row
    const faults = validator.Errors(row).map((fault) => `${fault.instancePath} ${fault.message}`)
    throw new Error(`A row of ${table} does not fit its schema: ${faults.join('; ')}`)
  })
}

/** The kinds of columns that rows are made of, beside those that TypeBox already has. */
export const column = {
  id: Type.String(),
  text: Type.String(),
  integer: Type.Integer(),
  number: Type.Number(),
  flag: Type.Boolean(),
  timestamp: Type.Refine(Type.Unsafe<Date>({}), (value: unknown) => value instanceof Date),
  bytes: Type.Refine(Type.Unsafe<Buffer>({}), (value: unknown) => Buffer.isBuffer(value)),
  nullable<T extends TSchema>(schema: T) {
    return Type.Union([schema, Type.Null()])
  },
}
