/** What is heard while it rings here, and while it rings there: pitches, how long each, and when it begins anew. */
const tones = {
  incoming: { pitches: [587, 740, 880, 740], eachSeconds: 0.18, everyMs: 2_600, volume: 0.16 },
  outgoing: { pitches: [425], eachSeconds: 0.9, everyMs: 3_600, volume: 0.05 },
} as const

/** Plays a tone until what it returns is called. Where the browser plays nothing before a first click, it is silent. */
export function startTone(kind: keyof typeof tones): () => void {
  const { pitches, eachSeconds, everyMs, volume } = tones[kind]
  const context = new AudioContext()
  const play = () => {
    if (context.state !== 'running') return
    pitches.forEach((pitch, at) => {
      const begin = context.currentTime + at * eachSeconds
      const source = new OscillatorNode(context, { frequency: pitch })
      const swell = new GainNode(context, { gain: 0 })
      swell.gain.setTargetAtTime(volume, begin, 0.02)
      swell.gain.setTargetAtTime(0, begin + eachSeconds * 0.7, 0.04)
      source.connect(swell).connect(context.destination)
      source.start(begin)
      source.stop(begin + eachSeconds * 1.6)
    })
  }
  // It waits for a click, or for the end.
  context.resume().then(play, () => undefined)
  const timer = setInterval(play, everyMs)
  return () => {
    clearInterval(timer)
    void context.close()
  }
}
