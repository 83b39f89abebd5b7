import type { Readable } from 'node:stream'
import type { Logger } from '@secureconnect/logging'
import type { Metadata } from 'sharp'

/** A small picture of an image, and how large the image is as it is to be seen. */
export type Preview = { width: number; height: number; bytes: Buffer; contentType: 'image/webp' }

/** Types of which there are previews; a drawing such as SVG is a program, and is never drawn here. */
export const previewedTypes: readonly string[] = ['image/avif', 'image/gif', 'image/jpeg', 'image/png', 'image/webp']

const limits = {
  /** They are in memory while they are decoded. */
  bytes: 20 * 1024 * 1024,
  /** Checked before decoding: a few kilobytes can claim to be any size. */
  pixels: 50_000_000,
  /** What decoding may take; two at a time have to fit into a container of 256 MiB. */
  decodedBytes: 64 * 1024 * 1024,
  seconds: 10,
  /** The longer side of a preview. */
  side: 512,
  quality: 75,
} as const

/** What a pixel takes while it is decoded, as it was measured: as usual, and where it comes in passes or with 16 bits. */
const bytesPerPixel: Readonly<Record<string, readonly [usual: number, heavy: number]>> = {
  jpeg: [1, 4],
  png: [3, 6],
  webp: [5, 5],
  gif: [6, 6],
  // The library's word for AVIF.
  heif: [20, 20],
}

function fitsIntoMemory({ format, width, height, isProgressive, depth }: Metadata): boolean {
  const [usual, heavy] = bytesPerPixel[format] ?? []
  const each = isProgressive || depth !== 'uchar' ? heavy : usual
  return each !== undefined && width * height * each <= limits.decodedBytes
}

/** Loaded for the first image, so that a process that has none does without 30 MB. */
async function loadSharp() {
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  return sharp
}

async function readBounded(stream: Readable): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of stream) {
    size += piece.length
    if (size > limits.bytes) return undefined
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * Makes the preview of an image, turned upright and without anything that says where or by whom it was taken.
 * Undefined, and told in the log, for what is too large or no image after all.
 */
export async function makePreview(image: Readable, log: Logger): Promise<Preview | undefined> {
  const bytes = await readBounded(image)
  if (!bytes) return undefined
  const sharp = await loadSharp()
  const { pixels, side, quality, seconds } = limits
  try {
    const read = sharp(bytes, { limitInputPixels: pixels, failOn: 'error', sequentialRead: true })
    const metadata = await read.metadata()
    if (!fitsIntoMemory(metadata)) return undefined
    const small = read.autoOrient().resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    const preview = await small.webp({ quality }).timeout({ seconds }).toBuffer()
    return { ...metadata.autoOrient, bytes: preview, contentType: 'image/webp' }
  } catch (error) {
    log.info({ error, outcome: 'refused' }, 'an image has no preview')
    return undefined
  }
}
