import { randomUUID } from 'node:crypto'
import { objectStore } from '@secureconnect/test/stack'
import { Agent, request } from 'undici'
import { offer } from '../shared/offer.ts'
import { World } from './world.ts'

export const uploadsPerSecond = 50

/** How long the service took for each upload: for its URL and for its completion. */
export type Uploads = {
  beginMs: number[]
  completeMs: number[]
  togetherMs: number[]
  failed: number
  cpuMsEach: number
}

const bytes = Buffer.alloc(1_024, 'x')

/** Uploads at a steady rate: two requests to the service, and the bytes to an S3 store between them. */
export async function measureUploads(seconds: number): Promise<Uploads> {
  await using stack = new AsyncDisposableStack()
  const { host, port, accessKey, secretKey, region } = await objectStore()
  const world = stack.use(
    await World.start({
      S3_URL: `http://${host}:${port}`,
      S3_REGION: region,
      S3_BUCKET: `bench-${randomUUID()}`,
      MINIO_ACCESS_KEY: accessKey,
      MINIO_SECRET_KEY: secretKey,
    }),
  )
  const agent = stack.adopt(new Agent({ connections: 50 }), (open) => open.close())
  const uploads: Uploads = { beginMs: [], completeMs: [], togetherMs: [], failed: 0, cpuMsEach: 0 }
  const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
    const startedAt = performance.now()
    return [await work, performance.now() - startedAt]
  }
  const upload = async (person: number) => {
    const [{ fileId, url, headers }, beginMs] = await timed(world.begin(person, bytes.length))
    const put = await request(url, { method: 'PUT', headers, body: bytes, dispatcher: agent })
    await put.body.dump()
    const [, completeMs] = await timed(world.complete(person, fileId))
    uploads.beginMs.push(beginMs)
    uploads.completeMs.push(completeMs)
    uploads.togetherMs.push(beginMs + completeMs)
    return { statusCode: put.statusCode, headers: put.headers }
  }
  await offer({ perSecond: uploadsPerSecond, seconds: 2, send: upload })
  for (const list of [uploads.beginMs, uploads.completeMs, uploads.togetherMs]) list.length = 0
  const before = await world.service.usage()
  const answered = await offer({ perSecond: uploadsPerSecond, seconds, send: upload })
  const cpuUs = (await world.service.usage()).cpuUs - before.cpuUs
  const failed = answered.filter(({ status }) => status !== 200).length
  return { ...uploads, failed, cpuMsEach: cpuUs / 1_000 / answered.length }
}
