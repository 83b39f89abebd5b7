import { createHash } from 'node:crypto'

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

/** Looks at bytes as they pass; throws as soon as they are known to be others than expected. */
export type Judge = { pass(piece: Buffer): void; end(): void }

export function createJudge(expected: Expected | undefined): Judge {
  const hash = expected?.sha256 === undefined ? undefined : createHash('sha256')
  let size = 0
  return {
    pass(piece) {
      size += piece.length
      if (expected && size > expected.size) throw new UnexpectedBytesError('size')
      hash?.update(piece)
    },
    end() {
      if (expected && size !== expected.size) throw new UnexpectedBytesError('size')
      if (hash && hash.digest('hex') !== expected?.sha256) throw new UnexpectedBytesError('sha256')
    },
  }
}
