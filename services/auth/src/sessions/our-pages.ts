import type { IncomingHttpHeaders } from 'node:http'
import type { Context } from '../context.ts'
import { foreignPage } from './errors.ts'

/** The origin of the page that asks; pages of strangers, and whoever is none, are refused. */
export function getOurOrigin(
  { config }: Pick<Context, 'config'>,
  { headers }: { headers: IncomingHttpHeaders },
): string {
  const { origin } = headers
  const allowed = [new URL(config.publicUrl).origin, ...config.corsAllowedOrigins]
  if (origin === undefined || !(allowed.includes(origin) || allowed.includes('*'))) throw foreignPage()
  return origin
}
