import { IconButton } from '../controls/button.tsx'
import { Avatar } from '../people/avatar.tsx'
import { nameOf } from '../people/people.ts'
import { words } from '../words/index.ts'
import { callIcons } from './call-icons.tsx'
import { Picture } from './picture.tsx'
import type { Place } from './place-tiles.ts'
import type { Talk } from './talk.ts'
import type { Tile } from './tiles.ts'

function Caption({ tile }: { tile: Tile }) {
  const { tiles: text } = words.calls
  const { person, isOwn, isMuted, kind, quality } = tile
  const name = isOwn ? text.you : nameOf(person.user_id)
  return (
    <figcaption class="tile-caption">
      {kind === 'person' && isMuted && (
        <span class="tile-mark">
          {callIcons.micOff}
          <span class="for-readers">{text.muted}</span>
        </span>
      )}
      <span class="tile-name">{kind === 'screen' ? (isOwn ? text.ownScreen : text.screenOf(name)) : name}</span>
      {kind === 'person' && quality && (
        <span class={`tile-mark connection ${quality}`} title={text.quality[quality]}>
          {callIcons.signal}
          <span class="for-readers">{text.quality[quality]}</span>
        </span>
      )}
      {kind === 'person' && person.hand_raised_at && (
        <span class="tile-mark hand">
          {callIcons.hand}
          <span class="for-readers">{text.handRaised}</span>
        </span>
      )}
    </figcaption>
  )
}

type Props = {
  talk: Talk
  tile: Tile
  /** Undefined where there is no room for it. */
  place: Place | undefined
  isLarge: boolean
  onEnlarge: () => void
}

/** Somebody, or a shared screen, with what is to be known about it. */
export function TileView({ talk, tile, place, isLarge, onEnlarge }: Props) {
  const { tiles: text } = words.calls
  const { person, kind, track, consumerId, isOwn } = tile
  const { participant_id: id, user_id: userId } = person
  const isHeard = kind === 'person' && talk.speech.value.heard.has(id)
  const unreadable = talk.unreadable.people.value.get(id)
  const name = nameOf(userId)
  const style = place
    ? { left: `${place.left}px`, top: `${place.top}px`, width: `${place.width}px`, height: `${place.height}px` }
    : { display: 'none' }
  return (
    <li class={`tile ${isHeard ? 'heard' : ''}`} data-kind={kind} style={style}>
      <figure>
        {track ? (
          <Picture
            talk={talk}
            track={track}
            consumerId={consumerId}
            isMirrored={isOwn && kind === 'person'}
            isWhole={kind === 'screen'}
          />
        ) : (
          <Avatar id={userId} name={name} />
        )}
        {person.is_reconnecting && <p class="tile-note">{text.reconnecting}</p>}
        {unreadable && <p class="tile-note">{words.calls.encryption.unreadable[unreadable]}</p>}
        <Caption tile={tile} />
      </figure>
      <div class="tile-enlarge">
        <IconButton
          label={isLarge ? text.reduce : text.enlarge(isOwn ? text.you : name)}
          icon={callIcons.enlarge}
          onClick={onEnlarge}
        />
      </div>
    </li>
  )
}
