import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a URL lets its bearer do; the rest of its query says how exactly. */
export type Action = 'put' | 'put-form' | 'get'

export type Signed = {
  action: Action
  key: string
  expiresInSeconds: number
  /** Part of what is signed, so nobody else can change it. */
  terms: Readonly<Record<string, string>>
}

/** Makes URLs that are themselves the permission, and reads them again. */
export type UrlSigner = {
  /** Path and query of the URL. */
  sign(signed: Signed): string
  /** The key and terms of a URL that was signed here for this action and has not expired. */
  verify(action: Action, pathAndQuery: string): { key: string; terms: URLSearchParams } | undefined
}

/** Where the routes are mounted. */
export const pathPrefix = '/blobs/'
const separator = '&signature='

/** Signs with a key of this one purpose. */
export function createUrlSigner(secret: Buffer): UrlSigner {
  const digest = (action: Action, text: string) => createHmac('sha256', secret).update(`${action} ${text}`).digest()
  return {
    sign({ action, key, expiresInSeconds, terms }) {
      const expires = String(Math.floor(Date.now() / 1_000) + expiresInSeconds)
      const text = `${pathPrefix}${key}?${new URLSearchParams({ expires, ...terms })}`
      return `${text}${separator}${digest(action, text).toString('base64url')}`
    },
    verify(action, pathAndQuery) {
      const [text = '', signature = ''] = pathAndQuery.split(separator)
      const given = Buffer.from(signature, 'base64url')
      const expected = digest(action, text)
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const [path = '', query] = text.split('?')
      const terms = new URLSearchParams(query)
      if (Number(terms.get('expires')) * 1_000 <= Date.now()) return undefined
      return { key: path.slice(pathPrefix.length), terms }
    },
  }
}
