import { onFiles } from '../recording/on-files.ts'
import { mostPixels } from './assert-decodes.ts'
import { picture } from './lay-out.ts'
import type { Scene, Source } from './list-scenes.ts'

const framesPerSecond = 25
const soundRate = 48_000
/** Several who speak at once are not to be cut off before the end, where what is too loud is made softer. */
const soft = 0.5

const seconds = (ms: number) => (ms / 1_000).toFixed(3)
const quiet = [...onFiles, '-progress', 'pipe:1', '-stats_period', '1']

function listInput({ fromMs, kind }: Source, scene: Scene, path: string): string[] {
  const skipMs = Math.max(0, scene.fromMs - fromMs)
  const delayMs = Math.max(0, fromMs - scene.fromMs)
  // A picture from before the scene is shown in it until the next one comes, and is looked for as far back as need be.
  const picky = ['-noaccurate_seek', '-reinit_filter', '0', '-max_pixels', String(mostPixels)]
  return [
    ...['-threads', '1', '-f', 'matroska', ...(kind === 'video' ? picky : [])],
    ...[...(skipMs > 0 ? ['-ss', seconds(skipMs)] : []), '-itsoffset', seconds(delayMs), '-i', path],
  ]
}

/** One picture after the other laid upon a black one, each for as long as its file goes on. */
function describePicture({ boxes, sources, fromMs, toMs }: Scene): string[] {
  const { width, height } = picture
  const base = `color=c=black:s=${width}x${height}:r=${framesPerSecond}:d=${seconds(toMs - fromMs)},format=yuv420p[laid0]`
  let laid = 0
  const tiles = sources.flatMap((source, input) => {
    const box = boxes.get(source.track)
    if (source.kind !== 'video' || !box) return []
    const size = `${box.width}:${box.height}:force_original_aspect_ratio=decrease:force_divisible_by=2`
    const place = `x=${box.x}+(${box.width}-w)/2:y=${box.y}+(${box.height}-h)/2`
    const until = `enable='lt(t,${seconds(source.toMs - fromMs)})'`
    const below = laid
    laid += 1
    return [
      `[${input}:v:0]scale=${size},setsar=1,format=yuv420p[tile${input}]`,
      `[laid${below}][tile${input}]overlay=${place}:eof_action=repeat:${until}[laid${laid}]`,
    ]
  })
  return [base, ...tiles, `[laid${laid}]null[picture]`]
}

/** All that is heard, each at its time: what a file leaves out is silent. */
function describeSound({ sources, fromMs, toMs }: Scene): string[] {
  const heard = sources.flatMap(({ kind }, input) => (kind === 'audio' ? [input] : []))
  const form = `aformat=sample_rates=${soundRate}:channel_layouts=stereo`
  return [
    `anullsrc=r=${soundRate}:cl=stereo:d=${seconds(toMs - fromMs)}[silence]`,
    ...heard.map((input) => `[${input}:a:0]${form},aresample=async=1:first_pts=0[heard${input}]`),
    `[silence]${heard.map((input) => `[heard${input}]`).join('')}amix=inputs=${heard.length + 1}:duration=first:normalize=0,volume=${soft},aformat=sample_fmts=s32[sound]`,
  ]
}

type Describing = { scene: Scene; pathOf: (source: Source) => string; threads: number; path: string }

/** Has ffmpeg make one scene. */
export function describeScene({ scene, pathOf, threads, path }: Describing): string[] {
  const style = ['-preset', 'veryfast', '-crf', '26', '-maxrate', '1800k', '-bufsize', '3600k', '-bf', '0', '-g', '125']
  return [
    ...[...quiet, '-filter_threads', '1', '-filter_complex_threads', '1'],
    ...scene.sources.flatMap((source) => listInput(source, scene, pathOf(source))),
    ...['-filter_complex', [...describePicture(scene), ...describeSound(scene)].join(';')],
    ...['-map', '[picture]', '-map', '[sound]', '-t', seconds(scene.toMs - scene.fromMs)],
    ...['-c:v', 'libx264', ...style, '-threads', String(threads)],
    ...['-c:a', 'flac', '-compression_level', '0', '-f', 'matroska', '-y', path],
  ]
}

type Joining = { list: string; durationMs: number; path: string }

/** Has ffmpeg make one file of the scenes that a list names. */
export function describeJoining({ list, durationMs, path }: Joining): string[] {
  const louder = `volume=${1 / soft},alimiter=level=false:limit=0.9`
  return [
    ...[...quiet, '-xerror', '-f', 'concat', '-i', list, '-map', '0', '-t', seconds(durationMs)],
    ...['-c:v', 'copy', '-af', louder, '-c:a', 'aac', '-b:a', '96k'],
    ...['-movflags', '+faststart', '-f', 'mp4', '-y', path],
  ]
}

/** The list of scenes, beside which they are. */
export function listForJoining(scenes: readonly { name: string; lengthMs: number }[]): string {
  const lines = scenes.map(({ name, lengthMs }) => `file ${name}\nduration ${seconds(lengthMs)}`)
  return `ffconcat version 1.0\n${lines.join('\n')}\n`
}
