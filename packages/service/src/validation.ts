import { AppError } from '@secureconnect/errors'
import type { FieldFault } from '@secureconnect/protocol'
import type { FastifyInstance } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { fromText } from './from-text.ts'

const maxFaults = 20

/** What is wrong, once for each field; the validator tells some faults twice. */
function toFaults(validator: Validator, value: unknown): FieldFault[] {
  const faults = new Map<string, string>()
  const add = (field: string, message: string) => {
    if (!faults.has(field) && faults.size < maxFaults) faults.set(field, message)
  }
  for (const { instancePath, keyword, params, message } of validator.Errors(value)) {
    const path = instancePath.slice(1).replaceAll('/', '.')
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    if (keyword === 'required') for (const name of params.requiredProperties) add(at(name), 'is missing')
    else if (keyword === 'additionalProperties')
      for (const name of params.additionalProperties) add(at(name), 'is not known here')
    else add(path, message)
  }
  return [...faults].map(([field, message]) => ({ field, message }))
}

/** The error for input that its schema refuses, naming each faulty field. */
export function validationError(details: readonly FieldFault[]): AppError {
  return new AppError('VALIDATION_ERROR', 'Some fields are missing or wrong.', { details })
}

/** Checks a value against a schema that was compiled once; a wrong one throws VALIDATION_ERROR. */
export function createCheck<T extends TSchema>(schema: T, { isText = false } = {}): (value: unknown) => Static<T> {
  const validator = Compile(schema)
  return (input) => {
    const value = isText ? fromText(schema, input) : input
    if (!validator.Check(value)) throw validationError(toFaults(validator, value))
    return value
  }
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
