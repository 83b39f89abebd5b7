import { AppError } from '@secureconnect/errors'
import type { Caller as CallerKind } from '@secureconnect/protocol'
import type { Authenticate } from '@secureconnect/tokens'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    caller?: CallerKind
    mayHaveEnded?: boolean
  }
}

const bearer = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/

/** The token of an `Authorization: Bearer` header. */
export function readBearerToken(header: string | undefined): string {
  const token = header === undefined ? undefined : bearer.exec(header)?.[1]
  if (token === undefined)
    throw new AppError('UNAUTHORIZED', 'Sign in first: send the access token as "Authorization: Bearer …".')
  return token
}

type Judges = {
  authenticate: Authenticate | undefined
  /** Asked at every request, because the role in a token lives on for a while after it was taken away. */
  isAdmin: ((userId: string) => Promise<boolean>) | undefined
}

/** Who calls is settled before the body is read; a route that is not public without a judge fails at start. */
export function registerAuthentication(app: FastifyInstance, { authenticate, isAdmin }: Judges): void {
  app.addHook('onRoute', ({ config, url }) => {
    const isJudged = authenticate && (config?.caller !== 'admin' || isAdmin)
    if (config?.caller && config.caller !== 'public' && !isJudged) {
      throw new Error(`${url} needs a signed-in caller, but this service cannot tell who calls`)
    }
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { caller: kind, mayHaveEnded = false } = request.routeOptions.config
    if (kind === undefined || kind === 'public' || !authenticate) return done()
    // Most requests of the gateway end above, and a promise for each would be felt.
    return judge(request, { kind, mayHaveEnded, authenticate, isAdmin })
  })
}

type Judgement = { kind: CallerKind; mayHaveEnded: boolean; authenticate: Authenticate } & Pick<Judges, 'isAdmin'>

async function judge(request: FastifyRequest, { kind, mayHaveEnded, authenticate, isAdmin }: Judgement): Promise<void> {
  const caller = await authenticate(readBearerToken(request.headers.authorization), { mayHaveEnded })
  request.caller = caller
  request.facts.userId = caller.userId
  request.facts.sessionId = caller.sessionId
  if (kind === 'admin' && !(await isAdmin?.(caller.userId))) {
    throw new AppError('FORBIDDEN', 'Only administrators may do this.')
  }
}
