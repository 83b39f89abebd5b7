import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { icons } from '../controls/icons.tsx'
import { pages } from '../pages.ts'
import { words } from '../words/index.ts'
import { Guarded } from './guarded.tsx'
import { follow, place } from './router.ts'
import { Shell } from './shell.tsx'
import { useTitle } from './title.ts'

export type Section = { title: string; icon: ComponentChildren; Page: ComponentType }

type Props<Name extends string> = {
  title: string
  /** The path of the whole; that of a section has its name behind it. */
  path: string
  sections: Readonly<Record<Name, Section>>
  /** Which is shown beside the list of all where none was chosen. */
  first: NoInfer<Name>
}

function SectionList({ title, path, sections, shown }: Omit<Props<string>, 'first'> & { shown: string }) {
  return (
    <>
      <header class="own-bar">
        <a class="icon-button" href={pages.home} onClick={follow} aria-label={words.toConversations}>
          {icons.back}
        </a>
        <h2>{title}</h2>
      </header>
      <nav aria-label={title}>
        <ul class="section-list">
          {Object.entries(sections).map(([name, section]) => (
            <li key={name}>
              <a
                class="section-link"
                href={`${path}/${name}`}
                onClick={follow}
                aria-current={name === shown ? 'page' : undefined}
              >
                {section.icon}
                {section.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </>
  )
}

/** What was chosen; whoever chose it goes on reading at its heading. */
function Chosen({ section: { title, Page }, path, isChosen }: { section: Section; path: string; isChosen: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useTitle(title)
  useEffect(() => {
    if (isChosen) heading.current?.focus()
  }, [isChosen])
  return (
    <>
      <header class="conversation-bar">
        <a class="icon-button only-phone" href={path} onClick={follow} aria-label={words.back}>
          {icons.back}
        </a>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      <div class="section">
        <Guarded>
          <Page />
        </Guarded>
      </div>
    </>
  )
}

/** A part of the client that consists of sections: all of them on one side, one beside them. */
export function Sections<Name extends string>({ first, ...whole }: Props<Name>) {
  const wanted = place.value.section ?? first
  const shown = (wanted in whole.sections ? wanted : first) as Name
  return (
    <Shell side={<SectionList {...whole} shown={shown} />} hasChosen={place.value.section !== undefined}>
      <Chosen
        key={shown}
        section={whole.sections[shown]}
        path={whole.path}
        isChosen={place.value.section !== undefined}
      />
    </Shell>
  )
}
