import { crc32, deflateSync } from 'node:zlib'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A picture of so many pixels, from one colour to another. */
export function drawPng(width: number, height: number, [red, green, blue] = [20, 120, 100]): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  head.set([8, 2], 8)
  const blueAt = (way: number) => Math.round((blue ?? 0) + (255 - (blue ?? 0)) * way)
  const rows = Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_each, x) => [
      red ?? 0,
      green ?? 0,
      blueAt((x + y) / (width + height)),
    ])
    return Buffer.from([0, ...pixels.flat()])
  })
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([signature, ...parts])
}
