import { limits } from '@secureconnect/protocol/constants'
import type { Message, StoredFile } from '@secureconnect/sdk'
import { FileRow } from '../file-row.tsx'
import { getLinks } from '../links.ts'
import { shownName } from '../shown-name.ts'
import { SoundPlayer } from './sound-player.tsx'
import { readWaveform } from './waveform.ts'

type Props = { file: StoredFile; metadata: Message['metadata'] }

function readDuration({ duration_ms: ms }: Props['metadata']): number {
  return typeof ms === 'number' && ms > 0 && ms <= limits.voice.durationMs ? ms : 0
}

/** A sound in a conversation; a voice message says how long and how loud it is, any other by its name what it is. */
export function SoundFile({ file, metadata }: Props) {
  const levels = readWaveform(metadata.waveform)
  const player = (
    <SoundPlayer
      label={shownName(file.file_name)}
      load={async (anew) => (await getLinks(file.file_id, { anew })).download_url}
      durationMs={readDuration(metadata)}
      levels={levels}
    />
  )
  if (levels.length > 0) return player
  return (
    <div class="sound-file">
      <FileRow file={file} />
      {player}
    </div>
  )
}
