import type { Message } from '@secureconnect/sdk'
import { words } from '../words/index.ts'
import { kindOf } from './file-kinds.ts'
import { FileRow } from './file-row.tsx'
import { useFile } from './known-files.ts'
import { readShapes, type Shape } from './shapes.ts'
import { SoundFile } from './sound/sound-file.tsx'
import { VisualFile } from './visual-file.tsx'

type Props = { id: string; shape: Shape | undefined; metadata: Message['metadata'] }

/** Holds the place of a file of which nothing is known yet. */
function Unknown({ shape }: Pick<Props, 'shape'>) {
  if (!shape) return <div class="file-row" aria-busy="true" />
  const { width, height } = shape
  return <div class="visual-file" aria-busy="true" style={{ '--width': width, '--height': height }} />
}

function MessageFile({ id, shape, metadata }: Props) {
  const file = useFile(id)
  if (file === undefined) return <Unknown shape={shape} />
  if (file === null) return <p class="file-row absence">{words.files.gone}</p>
  if (file.status === 'scanning') return <FileRow file={file} note={words.files.scanning} />
  const kind = kindOf(file.content_type)
  if (kind === 'audio') return <SoundFile file={file} metadata={metadata} />
  if (kind !== 'picture' && kind !== 'video') return <FileRow file={file} />
  const { width, height } = file
  const known = width !== null && height !== null ? { width, height } : undefined
  return <VisualFile file={file} isVideo={kind === 'video'} shape={shape ?? known} />
}

/** The files of a message. */
export function MessageFiles({
  message: { file_ids: ids, metadata },
}: {
  message: Pick<Message, 'file_ids' | 'metadata'>
}) {
  const shapes = readShapes(metadata.shapes)
  return (
    <div class={`message-files ${ids.length > 1 ? 'several' : ''}`}>
      {ids.map((id, at) => (
        <MessageFile key={id} id={id} shape={shapes[at]} metadata={metadata} />
      ))}
    </div>
  )
}
