/** Whether the first bytes of a file may be those of one kind. */
type Rule = (head: Buffer) => boolean

/** How many bytes from the beginning the rules look at. */
export const headBytes = 4_096

const latin = (head: Buffer, from: number, to: number) => head.toString('latin1', from, to)

function startsWith(...beginnings: readonly (string | readonly number[])[]): Rule {
  const expected = beginnings.map((one) => (typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from(one)))
  return (head) => expected.some((bytes) => head.subarray(0, bytes.length).equals(bytes))
}

/** A RIFF container names what it holds after its length. */
function riff(form: string): Rule {
  return (head) => latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === form
}

/** An ISO media file begins with a box of the brands that it can be read as. */
function brand(brands: RegExp): Rule {
  return (head) => latin(head, 4, 8) === 'ftyp' && brands.test(latin(head, 8, Math.min(head.readUInt32BE(0), 64)))
}

/** An OpenDocument is an archive whose first entry, not compressed, is its own type. */
function openDocument(kind: string): Rule {
  return (head) => zip(head) && latin(head, 30, 120).startsWith(`mimetypeapplication/vnd.oasis.opendocument.${kind}`)
}

function either(...rules: readonly Rule[]): Rule {
  return (head) => rules.some((rule) => rule(head))
}

const unicodeMarks = startsWith([0xff, 0xfe], [0xfe, 0xff])
const text: Rule = (head) => unicodeMarks(head) || !head.includes(0)
const zip = startsWith('PK\x03\x04', 'PK\x05\x06')
const oldOffice = startsWith([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
const matroska = startsWith([0x1a, 0x45, 0xdf, 0xa3])
const tagged = startsWith('ID3')
/** Eleven bits that are set begin each frame. */
const mpegFrame: Rule = ([first = 0, second = 0]) => first === 0xff && (second & 0xe0) === 0xe0
const isoMedia = brand(/^(?!qt {2}|heic|heix|avif|avis)/)
const oldQuickTime: Rule = (head) => ['moov', 'mdat', 'wide', 'free', 'skip'].includes(latin(head, 4, 8))

const rules: Readonly<Record<string, Rule>> = {
  'application/gzip': startsWith([0x1f, 0x8b]),
  'application/json': text,
  'application/msword': either(oldOffice, startsWith('{\\rtf')),
  'application/octet-stream': () => true,
  'application/pdf': (head) => latin(head, 0, 1_024).includes('%PDF-'),
  'application/vnd.ms-excel': oldOffice,
  'application/vnd.ms-powerpoint': oldOffice,
  'application/vnd.oasis.opendocument.presentation': openDocument('presentation'),
  'application/vnd.oasis.opendocument.spreadsheet': openDocument('spreadsheet'),
  'application/vnd.oasis.opendocument.text': openDocument('text'),
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': zip,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': zip,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': zip,
  'application/zip': zip,
  'audio/aac': either(startsWith([0xff, 0xf1], [0xff, 0xf9], 'ADIF'), tagged),
  'audio/flac': either(startsWith('fLaC'), tagged),
  'audio/mp4': isoMedia,
  'audio/mpeg': either(mpegFrame, tagged),
  'audio/ogg': startsWith('OggS'),
  'audio/wav': riff('WAVE'),
  'audio/webm': matroska,
  'image/avif': brand(/avif|avis/),
  'image/gif': startsWith('GIF87a', 'GIF89a'),
  'image/heic': brand(/hei[cxms]|hevc|mif1|msf1/),
  'image/jpeg': startsWith([0xff, 0xd8, 0xff]),
  'image/png': startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  'image/svg+xml': (head) => text(head) && head.includes('<svg'),
  'image/webp': riff('WEBP'),
  'text/csv': text,
  'text/html': text,
  'text/markdown': text,
  'text/plain': text,
  'video/mp4': isoMedia,
  'video/quicktime': either(brand(/qt {2}/), oldQuickTime),
  'video/webm': matroska,
}

/** Whether bytes that begin so may be of the type that somebody says; a type that is not known never fits. */
export function looksLike(contentType: string, head: Buffer): boolean {
  const rule = Object.hasOwn(rules, contentType) ? rules[contentType] : undefined
  return rule?.(head) === true
}
