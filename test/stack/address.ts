/** Where a server listens and who may use it: a user and password, or the store's access key and secret. */
export type Address = { host: string; port: number; user: string; password: string }

/** Reads an address that a person gave, such as `redis://user:password@127.0.0.1:6379`. */
export function parseAddress(variable: string, text: string): Address {
  const url = URL.parse(text)
  if (!url?.port) throw new Error(`${variable} must look like scheme://user:password@host:port`)
  return {
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
}
