import { createRequire } from 'node:module'
import type { SerializerCompiler, SerializerSelector } from '@fastify/fast-json-stringify-compiler'

type Compilers = ReturnType<typeof SerializerSelector>

const require = createRequire(import.meta.url)
const loadCompilers = (): Compilers => require('@fastify/fast-json-stringify-compiler').SerializerSelector()

/**
 * Compiles how an answer is written when the first one is due. All at once would take a service a good part of its memory,
 * for operations that nobody may ask for in days; and the gateway, which writes no answers, never loads the compiler.
 */
export const buildSerializer: Compilers = (...options) => {
  let compile: SerializerCompiler | undefined
  return (route) => {
    let write: ReturnType<SerializerCompiler> | undefined
    return (answer) => {
      compile ??= loadCompilers()(...options)
      write ??= compile(route)
      return write(answer)
    }
  }
}
