import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type Finding, ok, warning } from '../checks/finding.ts'
import { placeOf } from '../place.ts'
import type { DoctorCheck } from './doctor-check.ts'

async function judgeName(name: string, publicIp: string): Promise<Finding> {
  const what = `DNS of ${name}`
  const fix = `Let an ${isIP(publicIp) === 6 ? 'AAAA' : 'A'} record of ${name} say ${publicIp}.`
  try {
    const addresses = (await lookup(name, { all: true })).map(({ address }) => address)
    if (addresses.includes(publicIp)) return ok(what, publicIp)
    return warning(what, `leads to ${addresses.join(', ')}, not to PUBLIC_IP`, fix)
  } catch {
    return warning(what, 'there is no such name', fix)
  }
}

const privateNetworks =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80|::1$)/i

function judgeAddress(publicIp: string): Finding {
  const what = 'public address'
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  if (privateNetworks.test(publicIp)) {
    return warning(
      what,
      `${publicIp} is a private one: only its own network reaches media`,
      'Put the public one into .env as PUBLIC_IP.',
    )
  }
  if (own.includes(publicIp)) return ok(what, publicIp)
  const fix = 'Have the router or cloud forward 80, 443, 3478, 5349, the media and the relay ports to this server.'
  return warning(what, `${publicIp} is no address of this machine itself`, fix)
}

export const names: DoctorCheck = {
  name: 'names',
  run: async ({ settings }) => {
    const { domain, filesDomain, publicIp } = placeOf(settings)
    const findings = await Promise.all([domain, filesDomain].map((name) => judgeName(name, publicIp)))
    return [...findings, judgeAddress(publicIp)]
  },
}
