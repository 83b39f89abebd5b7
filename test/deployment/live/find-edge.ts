import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { reachAt } from '@secureconnect/ops/reach-at'
import type { LiveStack } from './live-stack.ts'

/** Where people reach the product, which this machine's own names do not tell, by the installation's own certificate. */
export function findEdge(stack: LiveStack): string {
  const domain = stack.setting('DOMAIN')
  const own = readFileSync(join(stack.folder, 'secrets/tls/ca.pem'), 'utf8')
  setDefaultCACertificates([...getCACertificates('default'), own])
  reachAt([domain], '127.0.0.1')
  return `https://${domain}`
}
