import { createHash, createHmac } from 'node:crypto'
import { percentEncode } from '../percent-encode.ts'

/** Who signs, and for which region. */
export type Signer = { accessKey: string; secretKey: string; region: string }

export type SignedRequest = {
  method: 'GET' | 'PUT'
  url: URL
  /** The request has to carry these as they are. */
  headers?: Readonly<Record<string, string>>
  expiresInSeconds: number
  signedAt?: Date
}

const algorithm = 'AWS4-HMAC-SHA256'

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/**
 * A URL that is itself the permission for one request: AWS Signature Version 4 in the query. The minio client's own
 * leaves size, type and checksum of an upload to whoever has the URL.
 */
export function presign({ accessKey, secretKey, region }: Signer, request: SignedRequest): string {
  const { method, url, headers = {}, expiresInSeconds, signedAt = new Date() } = request
  const time = signedAt.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request']
  const signed = Object.entries({ ...headers, host: url.host }).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const query = [
    ...url.searchParams,
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', [accessKey, ...scope].join('/')],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ['X-Amz-SignedHeaders', names],
  ]
    .map(([name = '', value = '']) => `${percentEncode(name)}=${percentEncode(value)}`)
    .toSorted()
    .join('&')
  const lines = signed.map(([name, value]) => `${name}:${value}`)
  const canonical = [method, url.pathname, query, ...lines, '', names, 'UNSIGNED-PAYLOAD'].join('\n')
  const digest = createHash('sha256').update(canonical).digest('hex')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretKey}`)
  const signature = hmac(key, [algorithm, time, scope.join('/'), digest].join('\n')).toString('hex')
  return `${url.origin}${url.pathname}?${query}&X-Amz-Signature=${signature}`
}
