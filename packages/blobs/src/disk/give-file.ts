import type { ServerResponse } from 'node:http'
import { AppError } from '@secureconnect/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { blobLimits } from '../blob-limits.ts'
import { readRange } from './byte-range.ts'
import { createRefusal } from './refusal.ts'
import { sendBytes } from './send-bytes.ts'
import type { ServedFiles } from './serve-files.ts'

/** What a browser may do with somebody's file: nothing but show it. */
const safely = {
  'accept-ranges': 'bytes',
  'cache-control': 'private, max-age=300',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

function names(header: string | undefined, etag: string): boolean {
  const listed = header?.split(',').map((part) => part.trim().replace(/^W\//, '')) ?? []
  return listed.includes(etag) || listed.includes('*')
}

/** The bare response, with the head that the reply would have sent. */
function takeOver(reply: FastifyReply): ServerResponse {
  const { raw } = reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value)
  }
  return raw.writeHead(reply.statusCode)
}

/** Gives the bytes, or the part asked for, that a URL was signed for. */
export function giveFile({ signer, open, log }: Pick<ServedFiles, 'signer' | 'open' | 'log'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signed = signer.verify('get', request.url)
    if (!signed) throw createRefusal()
    const file = await open(signed.key)
    if (!file) throw new AppError('FILE_NOT_FOUND', 'There is no such file.')
    const { size } = file.facts
    const etag = `"${file.facts.etag}"`
    reply.headers({ ...safely, etag, 'content-disposition': signed.terms.get('disposition') ?? 'attachment' })
    const { 'if-none-match': known, 'if-range': condition, range: asked } = request.headers
    const range = condition === undefined || condition === etag ? readRange(asked, size) : undefined
    const isKnown = names(known, etag)
    if (isKnown || range === 'none') {
      await file.handle.close()
      return isKnown ? reply.code(304).send() : reply.code(416).header('content-range', `bytes */${size}`).send()
    }
    const part = range ?? { start: 0, end: size - 1 }
    if (range) reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${size}`)
    reply.type(signed.terms.get('type') ?? 'application/octet-stream')
    reply.header('content-length', part.end - part.start + 1)
    const response = takeOver(reply)
    response.setTimeout(blobLimits.clientSilenceMs, () => response.destroy())
    try {
      await sendBytes(file.handle, part, response)
    } catch (error) {
      // Too late for another answer: that it ends early is what tells.
      response.destroy()
      log.info({ error, operation: 'storage.bytes.get', outcome: 'failed' }, 'a download broke off')
    } finally {
      await file.handle.close()
    }
    return reply
  }
}
