import { type Box, layOut } from './lay-out.ts'
import { joinSpans, overlap, type Span } from './span.ts'

/** A file of a recording, and when there is something of it to see or to hear. */
export type Source = Span & {
  id: string
  /** What one person sent from one source; several files may follow each other. */
  track: string
  kind: 'audio' | 'video'
  isScreen: boolean
  shown: readonly Span[]
}

/** A time in which everybody stays where he is, with the files of it. */
export type Scene = Span & { boxes: ReadonlyMap<string, Box>; sources: readonly Source[] }

/** Who comes and goes does so at whole seconds: each scene is then whole pictures and whole samples long. */
export const stepMs = 1_000
/** Between two files of a track, and while somebody does not move: he stays where he is. */
const breakMs = 2_000
/** How far into a recording one that broke off begins anew, and how much is decoded before the first picture of a scene. */
const longestMs = 300_000
/** What one program can be given at once. */
const mostShown = 25
const mostSources = 40

type Shown = { track: string; isScreen: boolean; spans: Span[] }

const widen = ({ fromMs, toMs }: Span): Span => ({
  fromMs: Math.floor(fromMs / stepMs) * stepMs,
  toMs: Math.ceil(toMs / stepMs) * stepMs,
})

/** When each track has a place, in the order in which they came. */
function listShown(sources: readonly Source[]): Shown[] {
  const tracks = Map.groupBy(
    sources.filter(({ kind }) => kind === 'video'),
    ({ track }) => track,
  )
  const shown = [...tracks].map(([track, files]) => {
    const spans = joinSpans(
      files.flatMap((file) => file.shown),
      breakMs,
    ).map(widen)
    return { track, isScreen: files.some((file) => file.isScreen), spans: joinSpans(spans, 0) }
  })
  return shown.toSorted((one, other) => (one.spans[0]?.fromMs ?? 0) - (other.spans[0]?.fromMs ?? 0))
}

function listEdges(shown: readonly Shown[], endMs: number): number[] {
  const edges = shown.flatMap(({ spans }) => spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))
  for (let ms = 0; ms < endMs; ms += longestMs) edges.push(ms)
  const inside = edges.filter((ms) => ms >= 0 && ms < endMs)
  return [...new Set([...inside, endMs])].toSorted((one, other) => one - other)
}

/** Halves of halves of a scene, until each has no more files than one program can be given. */
function split(scene: Scene): Scene[] {
  const { fromMs, toMs, sources } = scene
  const within = sources.filter((source) => overlap(source, scene))
  if (within.length <= mostSources || toMs - fromMs <= stepMs) {
    return [{ ...scene, sources: within.slice(0, mostSources) }]
  }
  const middleMs = widen({ fromMs: (fromMs + toMs) / 2, toMs }).fromMs
  return [...split({ ...scene, toMs: middleMs }), ...split({ ...scene, fromMs: middleMs })]
}

/** A recording as scenes that follow each other without a break. */
export function listScenes(sources: readonly Source[], durationMs: number): Scene[] {
  const endMs = Math.max(stepMs, Math.ceil(durationMs / stepMs) * stepMs)
  const shown = listShown(sources)
  const edges = listEdges(shown, endMs)
  return edges.slice(0, -1).flatMap((fromMs, index) => {
    const span = { fromMs, toMs: edges[index + 1] ?? endMs }
    const visible = shown.filter(({ spans }) => spans.some((one) => overlap(one, span)))
    const screens = visible.filter(({ isScreen }) => isScreen).slice(0, mostShown)
    const cameras = visible.filter(({ isScreen }) => !isScreen).slice(0, mostShown - screens.length)
    const tracksOf = (some: readonly Shown[]) => some.map(({ track }) => track)
    const boxes = layOut({ screens: tracksOf(screens), cameras: tracksOf(cameras) })
    return split({ ...span, boxes, sources: sources.filter(({ kind, track }) => kind === 'audio' || boxes.has(track)) })
  })
}
