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
/** However long nobody comes or goes, no scene is longer: it is made of the files of so much time at most. */
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

type Piece = Span & { sources: readonly Source[] }

/** Halves of halves of a scene, as long as that leaves each with fewer files, until one program can be given those. */
function split(span: Span, sources: readonly Source[]): Piece[] {
  const { fromMs, toMs } = span
  const within = sources.filter((source) => overlap(source, span))
  const throughout = within.filter((source) => source.fromMs <= fromMs && source.toMs >= toMs)
  const isHelped = throughout.length < mostSources && toMs - fromMs > stepMs
  if (within.length <= mostSources || !isHelped) return [{ ...span, sources: within }]
  const middleMs = widen({ fromMs: (fromMs + toMs) / 2, toMs }).fromMs
  return [...split({ fromMs, toMs: middleMs }, within), ...split({ fromMs: middleMs, toMs }, within)]
}

type Visible = { screens: readonly string[]; cameras: readonly string[] }

/** A scene of as many files as one program can be given: who came last is not seen, before anybody is not heard. */
function arrange({ sources, ...span }: Piece, { screens, cameras }: Visible): Scene {
  const order = [...screens, ...cameras]
  const rankOf = ({ kind, track }: Source) => (kind === 'audio' ? -1 : order.indexOf(track))
  const ranked = sources.toSorted((one, other) => rankOf(one) - rankOf(other))
  const left = new Set(ranked.slice(mostSources).map(({ track }) => track))
  const isKept = (track: string) => !left.has(track)
  const boxes = layOut({ screens: screens.filter(isKept), cameras: cameras.filter(isKept) })
  const taken = ranked.slice(0, mostSources).filter(({ kind, track }) => kind === 'audio' || isKept(track))
  return { ...span, boxes, sources: sources.filter((source) => taken.includes(source)) }
}

/** A recording as scenes that follow each other without a break. */
export function listScenes(sources: readonly Source[], durationMs: number): Scene[] {
  const endMs = Math.max(stepMs, Math.ceil(durationMs / stepMs) * stepMs)
  const shown = listShown(sources)
  const edges = listEdges(shown, endMs)
  return edges.slice(0, -1).flatMap((fromMs, index) => {
    const span = { fromMs, toMs: edges[index + 1] ?? endMs }
    const visible = shown.filter(({ spans }) => spans.some((one) => overlap(one, span)))
    const tracksOf = (some: readonly Shown[]) => some.map(({ track }) => track)
    const screens = tracksOf(visible.filter(({ isScreen }) => isScreen)).slice(0, mostShown)
    const cameras = tracksOf(visible.filter(({ isScreen }) => !isScreen)).slice(0, mostShown - screens.length)
    const seen = new Set([...screens, ...cameras])
    const wanted = sources.filter(({ kind, track }) => kind === 'audio' || seen.has(track))
    return split(span, wanted).map((piece) => arrange(piece, { screens, cameras }))
  })
}
