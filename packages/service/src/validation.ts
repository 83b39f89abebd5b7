import { AppError } from '@secureconnect/errors'
import type { FieldFault } from '@secureconnect/protocol'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { fromText } from './from-text.ts'

const maxFaults = 20

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** What is said of the place in a schema that a fault names, for a pattern alone tells people little. */
function describePlace(schema: unknown, schemaPath: string): string | undefined {
  const steps = schemaPath.split('/').slice(1)
  const place = steps.reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), schema)
  return isRecord(place) && typeof place.description === 'string' ? place.description : undefined
}

/** How the validator says that a value is none of those that could stand in a place. */
const mismatches: readonly string[] = ['type', 'const', 'anyOf']

/** What is wrong, once for each field; the validator tells some faults twice. */
function toFaults(validator: Validator, value: unknown): FieldFault[] {
  const faults = new Map<string, string>()
  const add = (field: string, message: string) => {
    if (!faults.has(field) && faults.size < maxFaults) faults.set(field, message)
  }
  for (const { instancePath, schemaPath, keyword, params, message } of validator.Errors(value)) {
    const path = instancePath.slice(1).replaceAll('/', '.')
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    // Where something within a field is wrong, nobody meant the null that could have stood there instead.
    if (mismatches.includes(keyword) && [...faults.keys()].some((field) => field.startsWith(at('')))) continue
    // The object that may not have this field says so in words.
    if (keyword === 'boolean') continue
    if (keyword === 'required') for (const name of params.requiredProperties) add(at(name), 'is missing')
    else if (keyword === 'additionalProperties')
      for (const name of params.additionalProperties) add(at(name), 'is not known here')
    else {
      const wanted = keyword === 'pattern' && describePlace(validator.Type(), schemaPath)
      add(path, wanted ? `must be: ${wanted}` : message)
    }
  }
  return [...faults].map(([field, message]) => ({ field, message }))
}

/** The error for input that its schema refuses, naming each faulty field. */
export function validationError(details: readonly FieldFault[]): AppError {
  return new AppError('VALIDATION_ERROR', 'Some fields are missing or wrong.', { details })
}

/** Checks values against a schema that is compiled for the first of them; a wrong one throws VALIDATION_ERROR. */
export function createCheck<T extends TSchema>(schema: T, { isText = false } = {}): (value: unknown) => Static<T> {
  let validator: Validator<Record<string, never>, T> | undefined
  return (input) => {
    validator ??= Compile(schema)
    const value = isText ? fromText(schema, input) : input
    if (!validator.Check(value)) throw validationError(toFaults(validator, value))
    return value
  }
}

/** Stands where Fastify would load Ajv, 85 modules, for validators that `registerValidation` replaces. */
export function buildValidator(): never {
  throw new Error('a schema came before the validation')
}

/**
 * One validator for everything. Bodies are taken as they are, none as an empty one; query and path are text and become
 * what they should be.
 */
export function registerValidation(app: FastifyInstance): void {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    const check = createCheck(schema, { isText: httpPart !== 'body' })
    return (input) => {
      try {
        return { value: check(input ?? {}) }
      } catch (error) {
        if (error instanceof AppError) return { error }
        throw error
      }
    }
  })
}
