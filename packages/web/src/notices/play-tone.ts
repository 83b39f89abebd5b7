const notes = [660, 880]
const noteSeconds = 0.12

/** Two soft notes, one after the other. Where nobody has touched the page yet the browser keeps silent. */
export function playTone(): void {
  const sound = new AudioContext()
  if (sound.state === 'suspended') return void sound.close()
  const volume = sound.createGain()
  volume.gain.value = 0.08
  volume.connect(sound.destination)
  const tones = notes.map((frequency, at) => {
    const tone = sound.createOscillator()
    tone.frequency.value = frequency
    tone.connect(volume)
    tone.start(sound.currentTime + at * noteSeconds)
    tone.stop(sound.currentTime + (at + 1) * noteSeconds)
    return tone
  })
  tones.at(-1)?.addEventListener('ended', () => void sound.close())
}
