/** From when to when, in milliseconds since the recording began; the end is not part of it. */
export type Span = { fromMs: number; toMs: number }

export function overlap(one: Span, other: Span): boolean {
  return one.fromMs < other.toMs && other.fromMs < one.toMs
}

/** The same times as spans that are apart, in their order; breaks of so many milliseconds are none. */
export function joinSpans(spans: readonly Span[], breakMs: number): Span[] {
  const joined: Span[] = []
  for (const { fromMs, toMs } of spans.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = joined.at(-1)
    if (last && fromMs - last.toMs <= breakMs) last.toMs = Math.max(last.toMs, toMs)
    else joined.push({ fromMs, toMs })
  }
  return joined
}
