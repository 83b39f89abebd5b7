import type { Readable } from 'node:stream'
import type { Logger } from '@secureconnect/logging'
import type { FastifyInstance } from 'fastify'
import type { BlobFacts } from '../blobs.ts'
import { registerFileCors } from './cors.ts'
import type { OpenFile } from './disk-files.ts'
import { giveFile } from './give-file.ts'
import type { Expected } from './judge-bytes.ts'
import { pathPrefix, type UrlSigner } from './signed-urls.ts'
import { takeFile, takeForm } from './take-file.ts'

export type ServedFiles = {
  signer: UrlSigner
  open(key: string): Promise<OpenFile | undefined>
  put(key: string, bytes: Readable, expected: Expected): Promise<BlobFacts>
  allowedOrigins: readonly string[]
  log: Logger
}

/** A large file over a slow line takes longer than any other request may; one that stands still ends sooner. */
const longestRequestMs = 3_600_000

/** Mounts what signed URLs lead to: to give bytes, and to take them as a body or in a form. */
export function serveFiles(app: FastifyInstance, served: ServedFiles): void {
  app.server.requestTimeout = longestRequestMs
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _body, done) => done(null))
    registerFileCors(scope, served.allowedOrigins)
    const url = `${pathPrefix}*`
    scope.get(url, { exposeHeadRoute: false, config: { operation: 'storage.bytes.get' } }, giveFile(served))
    scope.put(url, { config: { operation: 'storage.bytes.put' } }, takeFile(served))
    scope.post(url, { config: { operation: 'storage.bytes.put_form' } }, takeForm(served))
    scope.options(url, async (_request, reply) => reply.code(204).send())
  })
}
