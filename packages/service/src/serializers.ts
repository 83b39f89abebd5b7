import { type SerializerCompiler, SerializerSelector } from '@fastify/fast-json-stringify-compiler'

type Compilers = ReturnType<typeof SerializerSelector>

/**
 * Compiles how an answer is written when the first one is due. All at once would take a service a good part of its memory,
 * for operations that nobody may ask for in days.
 */
export const buildSerializer: Compilers = (...options) => {
  const compile = SerializerSelector()(...options)
  return (route) => {
    let write: ReturnType<SerializerCompiler> | undefined
    return (answer) => {
      write ??= compile(route)
      return write(answer)
    }
  }
}
