import { blobLimits } from '../blob-limits.ts'
import type { Blobs } from '../blobs.ts'
import { contentDisposition } from '../content-disposition.ts'
import { presign, type SignedRequest } from './presign.ts'
import type { S3Access } from './s3-access.ts'

type Tickets = Pick<Blobs, 'signUpload' | 'signForm' | 'signPart' | 'signDownload'>

type Signed = Omit<SignedRequest, 'url' | 'method'> & { key: string; query?: Readonly<Record<string, string>> }

/** Written again and again to learn whether there is room. */
const roomKey = 'health/room'
const roomBytes = Buffer.alloc(16 * 1024)

/** What has the store refuse other bytes: a header of a request, or a field of a form. */
function toChecksum(sha256: string | undefined): Record<string, string> {
  return sha256 === undefined ? {} : { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') }
}

/** What clients are given to reach the store by themselves. */
export function createTickets({ client, bucket, server, publicUrl, calls, run }: S3Access): Tickets {
  const assertRoom = () =>
    run('check_room', () => client.putObject(bucket, roomKey, roomBytes, roomBytes.length), {
      timeoutMs: blobLimits.callMs,
    })
  const sign = (method: 'GET' | 'PUT', { key, query = {}, ...request }: Signed) => {
    const url = new URL(`${publicUrl}/${bucket}/${key}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return presign(server, { method, url, ...request })
  }
  // Every client says the length by itself, and pages may not: so it is signed, and not among the headers to send.
  const signPut = ({ size, headers, ...signed }: Signed & { size: number }) =>
    sign('PUT', { ...signed, headers: { ...headers, 'content-length': String(size) } })

  return {
    async signUpload({ key, size, contentType, sha256, expiresInSeconds }) {
      await assertRoom()
      const headers = { 'content-type': contentType, ...toChecksum(sha256) }
      return { method: 'PUT', headers, url: signPut({ key, size, headers, expiresInSeconds }) }
    },
    async signForm({ key, size, contentType, sha256, expiresInSeconds }) {
      await assertRoom()
      const policy = client.newPostPolicy()
      policy.setBucket(bucket)
      policy.setKey(key)
      policy.setContentType(contentType)
      policy.setContentLengthRange(size, size)
      policy.setExpires(new Date(Date.now() + expiresInSeconds * 1_000))
      for (const [name, value] of Object.entries(toChecksum(sha256))) {
        policy.policy.conditions.push(['eq', `$${name}`, value])
        policy.formData[name] = value
      }
      const { formData } = await client.presignedPostPolicy(policy)
      return { url: `${publicUrl}/${bucket}`, fields: formData }
    },
    async signPart({ key, uploadId, part, size, expiresInSeconds }) {
      calls.assertNotAway()
      const query = { partNumber: String(part), uploadId }
      return { method: 'PUT', headers: {}, url: signPut({ key, query, size, expiresInSeconds }) }
    },
    async signDownload({ key, fileName, contentType, disposition, expiresInSeconds }) {
      calls.assertNotAway()
      const query = {
        'response-content-disposition': contentDisposition(disposition, fileName),
        'response-content-type': contentType,
      }
      return sign('GET', { key, query, expiresInSeconds })
    },
  }
}
