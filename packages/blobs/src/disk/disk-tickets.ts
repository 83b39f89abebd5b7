import type { Blobs } from '../blobs.ts'
import { contentDisposition } from '../content-disposition.ts'
import type { DiskAccess } from './disk-access.ts'
import { partKey } from './disk-parts.ts'
import type { Signed } from './signed-urls.ts'

type Tickets = Pick<Blobs, 'signUpload' | 'signForm' | 'signPart' | 'signDownload'>

/** What clients are given to reach this process by themselves, at URLs that `sign` makes. */
export function createTickets({ calls, assertRoom }: DiskAccess, sign: (signed: Signed) => string): Tickets {
  return {
    async signUpload({ key, size, contentType, sha256, expiresInSeconds }) {
      await assertRoom(size)
      const terms = { size: String(size), type: contentType, ...(sha256 !== undefined && { sha256 }) }
      return {
        method: 'PUT',
        headers: { 'content-type': contentType },
        url: sign({ action: 'put', key, expiresInSeconds, terms }),
      }
    },
    async signForm({ key, size, sha256, expiresInSeconds }) {
      await assertRoom(size)
      const terms = { size: String(size), ...(sha256 !== undefined && { sha256 }) }
      return { url: sign({ action: 'put-form', key, expiresInSeconds, terms }), fields: {} }
    },
    async signPart({ part, size, expiresInSeconds, ...upload }) {
      calls.assertNotAway()
      const [key, terms] = [partKey(upload, part), { size: String(size) }]
      return { method: 'PUT', headers: {}, url: sign({ action: 'put', key, expiresInSeconds, terms }) }
    },
    async signDownload({ key, fileName, contentType, disposition, expiresInSeconds }) {
      calls.assertNotAway()
      const terms = { type: contentType, disposition: contentDisposition(disposition, fileName) }
      return sign({ action: 'get', key, expiresInSeconds, terms })
    },
  }
}
