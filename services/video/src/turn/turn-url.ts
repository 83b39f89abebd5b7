import { type Setting, SettingFault } from '@secureconnect/config'

export type TurnTransport = 'udp' | 'tcp' | 'tls'
/** One way to a relay: the URL as clients are given it, and what it says. */
export type TurnUrl = { url: string; host: string; port: number; transport: TurnTransport }

const pattern =
  /^(?<scheme>turns?):(?<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?<port>[1-9]\d{0,4}))?(?:\?transport=(?<over>udp|tcp))?$/i

function findTransport(scheme: string, over: string | undefined): TurnTransport {
  if (scheme === 'turn') return over === 'tcp' ? 'tcp' : 'udp'
  if (over === 'udp') throw new SettingFault('must not name turns over udp: clients speak TLS over TCP alone')
  return 'tls'
}

/** A relay as `turn:host:3478?transport=udp`, `turn:…?transport=tcp` or `turns:host:5349?transport=tcp`. */
export const turnUrl: Setting<TurnUrl> = {
  kind: 'plain',
  parse(raw) {
    const { scheme, host, port, over } = pattern.exec(raw.toLowerCase())?.groups ?? {}
    if (scheme === undefined || host === undefined || Number(port ?? 1) > 65_535) {
      throw new SettingFault(`must be like turn:relay.example.org:3478?transport=udp, not "${raw}"`)
    }
    const transport = findTransport(scheme, over)
    const usualPort = transport === 'tls' ? 5349 : 3478
    return { url: raw, host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? usualPort), transport }
  },
}

/** A server that tells devices their own address, as `stun:host:3478`. */
export const stunUrl: Setting<string> = {
  kind: 'plain',
  parse(raw) {
    if (/^stun:(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[1-9]\d{0,4})?$/i.test(raw)) return raw
    throw new SettingFault(`must be like stun:relay.example.org:3478, not "${raw}"`)
  },
}
