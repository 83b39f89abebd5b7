import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'

/** What bytes have to be to be kept. */
export type Expected = { size: number; sha256?: string | undefined }

/** The bytes are not those that were announced. */
export class UnexpectedBytesError extends Error {
  readonly wrong: 'size' | 'sha256'

  constructor(wrong: 'size' | 'sha256') {
    super(`the bytes have another ${wrong}`)
    this.wrong = wrong
  }
}

type Options = { expected: Expected | undefined; onPassed: (bytes: number) => void }

/** Lets bytes through as they come, and fails as soon as they are known to be others than expected. */
export function judgeBytes({ expected, onPassed }: Options): Transform {
  const hash = expected?.sha256 === undefined ? undefined : createHash('sha256')
  let size = 0
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length
      if (expected && size > expected.size) return done(new UnexpectedBytesError('size'))
      hash?.update(piece)
      onPassed(piece.length)
      done(null, piece)
    },
    flush(done) {
      if (expected && size !== expected.size) return done(new UnexpectedBytesError('size'))
      const isWrong = hash !== undefined && hash.digest('hex') !== expected?.sha256
      done(isWrong ? new UnexpectedBytesError('sha256') : null)
    },
  })
}
