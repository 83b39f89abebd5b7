import { useSignal } from '@preact/signals'
import type { OwnConversation } from '@secureconnect/sdk'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { IconButton } from '../controls/button.tsx'
import { icons } from '../controls/icons.tsx'
import { tell } from '../controls/toasts.ts'
import { words } from '../words/index.ts'
import { type PanelName, useTalk } from './talk.ts'

type Props = { conversation: OwnConversation }
type Content = ComponentType<Props>

/** Each is loaded when somebody first opens it. */
const contents: Readonly<Record<PanelName, () => Promise<Content>>> = {
  details: async () => (await import('./details/details-panel.tsx')).DetailsPanel,
  search: async () => (await import('./search/search-panel.tsx')).SearchPanel,
  pins: async () => (await import('./pins/pins-panel.tsx')).PinsPanel,
}

function Opened({ name, conversation }: Props & { name: PanelName }) {
  const { panel } = useTalk()
  const content = useSignal<Content | undefined>(undefined)
  const heading = useRef<HTMLHeadingElement>(null)
  const titles = { details: words.details.title, search: words.search.here, pins: words.pins.title }
  const close = () => (panel.value = undefined)
  useEffect(() => {
    const before = document.activeElement
    heading.current?.focus()
    contents[name]().then(
      (loaded) => (content.value = loaded),
      () => {
        close()
        tell(words.errors.noAnswer)
      },
    )
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  const Content = content.value
  return (
    <aside class="beside" aria-label={titles[name]} onKeyDown={(event) => event.key === 'Escape' && close()}>
      <header class="panel-bar">
        <h2 ref={heading} tabIndex={-1}>
          {titles[name]}
        </h2>
        <IconButton label={words.close} icon={icons.close} onClick={close} />
      </header>
      <div class="panel-body">
        {Content ? <Content conversation={conversation} /> : <p class="hint late">{words.loading}</p>}
      </div>
    </aside>
  )
}

/** What is open beside a conversation: its details, a search in it, what is pinned. */
export function Panel({ conversation }: Props) {
  const { panel } = useTalk()
  const { value: name } = panel
  return name && <Opened key={name} name={name} conversation={conversation} />
}
