import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Config } from '../config.ts'
import { mountOtherMethods } from '../forwarding/other-methods.ts'
import { readFiles, type WebFile } from './read-files.ts'

const Pages = Compile(Type.Array(Type.String({ pattern: '^/' }), { minItems: 1 }))

/** Their names change with what is in them. */
const lastingFolder = 'assets/'
const forEver = 'public, max-age=31536000, immutable'
/** Asked for each time, and answered in a few bytes where nothing has changed. */
const ifUnchanged = 'no-cache'

/** Works for all pages because it stands beside them; it loads nothing and asks nobody. */
const workerName = 'service-worker.js'
const workerHeaders = { 'content-security-policy': "default-src 'none'", 'cache-control': ifUnchanged }

/** Where a browser registers, so that Firebase can push to it. */
const registeringAt = ['https://firebaseinstallations.googleapis.com', 'https://fcmregistrations.googleapis.com']

type Settings = Pick<Config, 'filesUrl' | 'firebaseWebApiKey'>

/**
 * What the client may load and whom it may talk to: its own files, the gateway, where files are kept, and Firebase where
 * closed pages are pushed to.
 */
function writePolicy({ filesUrl, firebaseWebApiKey }: Settings): string {
  const files = filesUrl === undefined ? '' : ` ${new URL(filesUrl).origin}`
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' blob:${files}`,
    `media-src 'self' blob:${files}`,
    [`connect-src 'self'${files}`, ...(firebaseWebApiKey === undefined ? [] : registeringAt)].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function acceptsBrotli({ headers }: FastifyRequest): boolean {
  return /(?:^|[\s,])br(?:$|[\s,;])/.test(headers['accept-encoding'] ?? '')
}

function send(request: FastifyRequest, reply: FastifyReply, { type, etag, bytes, compressed }: WebFile): FastifyReply {
  reply.headers({ etag, vary: 'Accept-Encoding, Origin' })
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  reply.type(type)
  if (!compressed || !acceptsBrotli(request)) return reply.send(bytes)
  return reply.header('content-encoding', 'br').send(compressed)
}

/** Serves the web client: its document at each of its pages, and what that loads. */
export async function mountWeb(app: FastifyInstance, config: Pick<Config, 'webFolder'> & Settings): Promise<void> {
  if (config.webFolder === undefined) return
  // What cannot be read has no document either.
  const files = await readFiles(config.webFolder).catch(() => new Map<string, WebFile>())
  const page = files.get('index.html')
  const paths: unknown = JSON.parse(files.get('pages.json')?.bytes.toString() ?? 'null')
  if (!page || !Pages.Check(paths)) {
    throw new Error(`WEB_FOLDER ${config.webFolder} is not a built web client: make one by node packages/web/build.ts`)
  }
  const pageHeaders = {
    'content-security-policy': writePolicy(config),
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
    'cache-control': ifUnchanged,
  }
  const serve = (path: string, headers: Readonly<Record<string, string>>, file: WebFile) => {
    app.get(path, (request, reply) => send(request, reply.headers(headers), file))
    mountOtherMethods(app, path, ['GET', 'HEAD'])
  }
  for (const path of paths) serve(path, pageHeaders, page)
  const worker = files.get(workerName)
  if (worker) serve(`/${workerName}`, workerHeaders, worker)
  for (const [name, file] of files) {
    if (name.startsWith(lastingFolder)) serve(`/${name}`, { 'cache-control': forEver }, file)
  }
}
