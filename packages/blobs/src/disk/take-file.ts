import type { IncomingMessage } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { AppError } from '@secureconnect/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { blobLimits } from '../blob-limits.ts'
import type { BlobFacts } from '../blobs.ts'
import { codeOf } from '../error-code.ts'
import { type Expected, UnexpectedBytesError } from './judge-bytes.ts'
import { createRefusal } from './refusal.ts'
import type { ServedFiles } from './serve-files.ts'

type Taking = Pick<ServedFiles, 'put' | 'signer'>

const formLimits = { files: 1, fields: 20, fieldNameSize: 100, fieldSize: 4_096, headerPairs: 20 }

function readExpected(terms: URLSearchParams): Expected {
  return { size: Number(terms.get('size')), sha256: terms.get('sha256') ?? undefined }
}

function createSizeError(): AppError {
  return new AppError('VALIDATION_ERROR', 'Send exactly as many bytes as were announced.')
}

function createFormError(): AppError {
  return new AppError('VALIDATION_ERROR', 'Send a form with the bytes as the field "file".')
}

const brokenOff = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])

/** What does not come as announced is the client's fault; the rest is the store's. */
function throwUnderstood(error: unknown): never {
  if (error instanceof UnexpectedBytesError && error.wrong === 'sha256') {
    throw new AppError('CHECKSUM_MISMATCH', 'The bytes do not have the announced SHA-256.')
  }
  if (error instanceof UnexpectedBytesError || brokenOff.has(codeOf(error) ?? '')) throw createSizeError()
  throw error
}

/** A client that sends nothing for a while has gone. */
function endWhenSilent(request: IncomingMessage): void {
  request.setTimeout(blobLimits.clientSilenceMs, () => request.destroy())
}

function answer(reply: FastifyReply, { etag }: BlobFacts): FastifyReply {
  return reply.header('etag', `"${etag}"`).send()
}

/** Takes the body as the bytes that a URL was signed for. */
export function takeFile({ signer, put }: Taking) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signed = signer.verify('put', request.url)
    if (!signed) throw createRefusal()
    const { 'content-length': length, 'content-type': type } = request.headers
    const expected = readExpected(signed.terms)
    const announced = signed.terms.get('type')
    if (announced !== null && type !== announced) {
      throw new AppError('UNSUPPORTED_MEDIA_TYPE', `Send the bytes as ${announced}, as they were announced.`)
    }
    if (length !== undefined && Number(length) !== expected.size) throw createSizeError()
    endWhenSilent(request.raw)
    return answer(reply, await put(signed.key, request.raw, expected).catch(throwUnderstood))
  }
}

/** Takes the bytes from a form, where they are the field `file`. */
export function takeForm({ signer, put }: Taking) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signed = signer.verify('put-form', request.url)
    if (!signed) throw createRefusal()
    endWhenSilent(request.raw)
    const kept = await takeField(request, (bytes) => put(signed.key, bytes, readExpected(signed.terms))).catch(
      throwUnderstood,
    )
    if (!kept) throw createFormError()
    return answer(reply.code(201), kept)
  }
}

/** The parser tells only once that a field broke off: this remembers it for who begins to read it later. */
function lastingly(bytes: Readable): Readable {
  const kept = new PassThrough().on('error', () => undefined)
  bytes.on('error', (error) => kept.destroy(error))
  return bytes.pipe(kept)
}

async function takeField(
  { raw, headers }: FastifyRequest,
  keep: (bytes: Readable) => Promise<BlobFacts>,
): Promise<BlobFacts | undefined> {
  const type = headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return undefined
  let keeping: Promise<BlobFacts> | undefined
  try {
    const form = new Busboy({ headers: { ...headers, 'content-type': type }, limits: formLimits })
    form.on('file', (name, bytes) => {
      if (name !== 'file') return bytes.resume()
      keeping = keep(lastingly(bytes))
      // Nobody reads on when it failed, so the form would never end.
      keeping.catch((error: Error) => form.destroy(error))
      return undefined
    })
    await pipeline(raw, form)
  } catch (error) {
    await Promise.allSettled([keeping])
    // What the parser says of a form has no code, unlike what comes from files and connections.
    const isOfForm = codeOf(error) === undefined && !(error instanceof UnexpectedBytesError)
    throw isOfForm ? createFormError() : error
  }
  return keeping
}
