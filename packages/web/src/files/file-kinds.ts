import { fileTypes } from '@secureconnect/protocol/constants'

/** How a file is shown. What browsers do not draw safely or at all, such as SVG or HEIC, is a row to download. */
export type FileKind = 'picture' | 'video' | 'audio' | 'file'

const pictures = ['image/avif', 'image/gif', 'image/jpeg', 'image/png', 'image/webp']
const videos = ['video/mp4', 'video/webm', 'video/quicktime']
export const opaqueType = 'application/octet-stream'

export function kindOf(type: string): FileKind {
  if (pictures.includes(type)) return 'picture'
  if (videos.includes(type)) return 'video'
  return type.startsWith('audio/') ? 'audio' : 'file'
}

/** What the service is told that a file is: what it knows, and of all else nothing. */
export function typeOf({ type }: Pick<Blob, 'type'>): string {
  const [bare = ''] = type.split(';', 1)
  return fileTypes.includes(bare) ? bare : opaqueType
}
