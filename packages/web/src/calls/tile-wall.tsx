import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { words } from '../words/index.ts'
import { type Box, placeAround, placeInGrid } from './place-tiles.ts'
import type { Talk } from './talk.ts'
import { TileView } from './tile-view.tsx'
import { listTiles, type Tile } from './tiles.ts'

export type Arrangement = 'grid' | 'speaker'

function useBox() {
  const element = useRef<HTMLUListElement>(null)
  const box = useSignal<Box>({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    const measure = () => {
      box.value = { width: current.clientWidth, height: current.clientHeight }
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [])
  return { element, box }
}

/** Whoever is to be seen best: what somebody has chosen, else a screen, else who speaks, else somebody else. */
function findLarge(tiles: readonly Tile[], chosen: string | undefined, active: string | null): Tile | undefined {
  return (
    tiles.find(({ key }) => key === chosen) ??
    tiles.find(({ kind, isOwn }) => kind === 'screen' && !isOwn) ??
    tiles.find(({ key, isOwn }) => key === active && !isOwn) ??
    tiles.find(({ isOwn }) => !isOwn) ??
    tiles[0]
  )
}

type Props = { talk: Talk; arrangement: Arrangement; chosen: string | undefined; onChoose: (key: string) => void }

/** Everybody in a call and what they show, arranged by the room that there is. */
export function TileWall({ talk, arrangement, chosen, onChoose }: Props) {
  const { element, box } = useBox()
  const tiles = listTiles(talk)
  const isGrid = arrangement === 'grid'
  const large = isGrid ? undefined : findLarge(tiles, chosen, talk.speech.value.active)
  // Oneself comes right after the large one, where there is always room.
  const inOrder = large
    ? [large, ...tiles.filter((one) => one !== large).toSorted((a, b) => Number(b.isOwn) - Number(a.isOwn))]
    : tiles
  const places = isGrid ? placeInGrid(box.value, tiles.length) : placeAround(box.value, tiles.length)
  return (
    <ul class="tiles" ref={element} aria-label={words.calls.tiles.title}>
      {tiles.map((tile) => (
        <TileView
          key={tile.key}
          talk={talk}
          tile={tile}
          place={places[inOrder.indexOf(tile)]}
          isLarge={tile === large}
          onEnlarge={() => onChoose(tile.key)}
        />
      ))}
    </ul>
  )
}
