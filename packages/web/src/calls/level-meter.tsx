import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { words } from '../words/index.ts'

const everyMs = 80
/** Louder than this nobody speaks; of what is between that and silence more is shown than there is. */
const loud = 0.35

/** How loud a microphone hears one, also while it is muted. */
export function LevelMeter({ track }: { track: MediaStreamTrack }) {
  const level = useSignal(0)
  useEffect(() => {
    const heard = track.clone()
    heard.enabled = true
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 512 })
    context.createMediaStreamSource(new MediaStream([heard])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
      level.value = Math.min(1, Math.sqrt(Math.sqrt(power) / loud))
    }, everyMs)
    return () => {
      clearInterval(timer)
      heard.stop()
      void context.close()
    }
  }, [track])
  return <meter class="level-meter" min={0} max={1} value={level.value} aria-label={words.calls.settings.level} />
}
