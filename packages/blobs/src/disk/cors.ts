import type { FastifyInstance } from 'fastify'

const preflight = {
  'access-control-allow-methods': 'GET, PUT, POST',
  'access-control-allow-headers': 'Content-Type, If-None-Match, If-Range, Range',
  'access-control-max-age': '7200',
}
const exposed = { 'access-control-expose-headers': 'Content-Disposition, Content-Range, ETag' }

/** Lets pages of the allowed origins use signed URLs. These carry their permission, so nobody's cookies are needed. */
export function registerFileCors(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  const allowed = new Set(allowedOrigins)
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    reply.header('vary', 'Origin')
    if (origin === undefined || !(allowed.has(origin) || allowed.has('*'))) return
    reply.header('access-control-allow-origin', origin)
    reply.headers(request.method === 'OPTIONS' ? preflight : exposed)
  })
}
