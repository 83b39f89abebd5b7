import type { LookupAddress, LookupOptions } from 'node:dns'
import { isIP } from 'node:net'

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** Has names lead to one address within this process, as `curl --resolve` does: to try a server before its DNS is set. */
export function reachAt(names: readonly string[], address: string): void {
  const dns = process.getBuiltinModule('node:dns')
  const usual: unknown = dns.lookup
  const family = isIP(address)
  const lookup = (name: string, options: LookupOptions, found: Found) => {
    if (!names.includes(name)) return Reflect.apply(usual as () => void, dns, [name, options, found])
    process.nextTick(() => (options.all ? found(null, [{ address, family }]) : found(null, address, family)))
  }
  Object.assign(dns, { lookup })
}
