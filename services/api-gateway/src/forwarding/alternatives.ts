import { AppError } from '@secureconnect/errors'
import type { ServiceName } from '@secureconnect/protocol'
import type { Context } from '../context.ts'
import type { Upstream } from './upstream.ts'

/** Upstreams that can all do the same. */
export type Alternatives = readonly [Upstream, ...Upstream[]]

/** The processes that serve what is sent to a service, the usual one first: every node of calls does what REST asks. */
export function listAlternatives(
  { upstreams, videoNodes }: Pick<Context, 'upstreams' | 'videoNodes'>,
  service: ServiceName,
): Alternatives {
  const usual = upstreams.get(service)
  if (!usual) throw new Error(`${service} is no upstream`)
  const nodes = service === 'video-service' ? [...videoNodes.values()] : []
  return [usual, ...nodes.filter(({ url }) => url.origin !== usual.url.origin)]
}

/** Nobody was reached, so nothing can happen twice. */
function hadNoEffect(error: unknown): boolean {
  return error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE'
}

type Attempt<T> = (upstream: Upstream, isLast: boolean) => Promise<T>

/** Has the first upstream do something, and the next one where that cannot be reached. */
async function tryEach<T>([first, second, ...others]: Alternatives, attempt: Attempt<T>): Promise<T> {
  if (!second) return attempt(first, true)
  try {
    return await attempt(first, false)
  } catch (error) {
    if (!hadNoEffect(error)) throw error
    return tryEach([second, ...others], attempt)
  }
}

/** Has one of several upstreams do something, those that are taken to be there before those that are not. */
export function tryInTurn<T>(alternatives: Alternatives, attempt: Attempt<T>): Promise<T> {
  const [usual, ...others] = alternatives
  if (others.length === 0) return attempt(usual, true)
  const [first = usual, ...later] = alternatives.toSorted((a, b) => Number(a.isAway) - Number(b.isAway))
  return tryEach([first, ...later], attempt)
}
