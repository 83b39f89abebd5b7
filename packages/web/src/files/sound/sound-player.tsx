import { useEffect, useMemo } from 'preact/hooks'
import { IconButton } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { words } from '../../words/index.ts'
import { clockOf } from '../../words/times.ts'
import { Playback } from './playback.ts'

type Props = {
  label: string
  load: (anew: boolean) => Promise<string>
  durationMs?: number
  /** How loud it is from beginning to end, where that is known. */
  levels?: readonly number[]
}

/** A bar for each level, around the middle. */
function Waveform({ levels }: { levels: readonly number[] }) {
  const bars = levels.map((level, at) => `M${at + 0.5} ${50 - 4 - level * 42}V${50 + 4 + level * 42}`)
  return (
    <svg class="waveform" viewBox={`0 0 ${levels.length} 100`} preserveAspectRatio="none" aria-hidden="true">
      <path d={bars.join('')} />
    </svg>
  )
}

function Track({ playback, levels = [], label }: Pick<Props, 'levels' | 'label'> & { playback: Playback }) {
  const durationMs = playback.durationMs.value
  const part = durationMs === 0 ? 0 : playback.atMs.value / durationMs
  return (
    <span class={`track ${levels.length > 0 ? 'has-waveform' : ''}`} style={{ '--part': part }}>
      <Waveform levels={levels} />
      <span class="heard">
        <Waveform levels={levels} />
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(1, durationMs)}
        value={playback.atMs.value}
        disabled={durationMs === 0}
        aria-label={words.files.position(label)}
        aria-valuetext={clockOf(playback.atMs.value)}
        onInput={({ currentTarget }) => playback.seek(Number(currentTarget.value))}
      />
    </span>
  )
}

/** Plays a sound: where one is in it, how fast, and once it cannot be had, that. */
export function SoundPlayer({ label, load, durationMs, levels }: Props) {
  const playback = useMemo(() => new Playback({ load, ...(durationMs !== undefined && { durationMs }) }), [label])
  useEffect(() => () => playback.close(), [playback])
  const { files } = words
  const isPlaying = playback.isPlaying.value
  const shownMs = isPlaying || playback.atMs.value > 0 ? playback.atMs.value : playback.durationMs.value
  return (
    <div class="sound-player">
      <IconButton
        label={isPlaying ? files.pause(label) : files.play(label)}
        icon={isPlaying ? icons.pause : icons.play}
        onClick={() => void playback.toggle()}
      />
      <Track playback={playback} label={label} {...(levels && { levels })} />
      <span class="hint">{clockOf(shownMs)}</span>
      <button
        class="speed"
        type="button"
        aria-label={files.speed(playback.speed.value)}
        onClick={() => playback.nextSpeed()}
      >
        {playback.speed.value}×
      </button>
      {playback.hasFailed.value && (
        <span class="error" role="alert">
          {files.notPlayed}
        </span>
      )}
    </div>
  )
}
