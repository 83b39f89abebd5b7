import { appearance, changeAppearance, textSizes, themes } from '../app/appearance.ts'
import { Choice } from '../controls/choice.tsx'
import { Panel } from '../controls/panel.tsx'
import { chooseLanguage, language, languageNames, words } from '../words/index.ts'

export function AppearanceSection() {
  const { appearance: text } = words.settings
  const { theme, textSize } = appearance.value
  return (
    <>
      <Panel title={text.looks} hint={text.hint}>
        <Choice
          label={text.theme}
          options={themes.map((name) => ({ name, text: text.themes[name] }))}
          chosen={theme}
          onChoose={(chosen) => changeAppearance({ theme: chosen })}
        />
        <Choice
          label={text.textSize}
          options={textSizes.map((name) => ({ name, text: text.textSizes[name] }))}
          chosen={textSize}
          onChoose={(chosen) => changeAppearance({ textSize: chosen })}
        />
      </Panel>
      {languageNames.length > 1 && (
        <Panel title={text.language} hint={text.languageHint}>
          <Choice
            label={text.language}
            options={languageNames.map((name) => ({ name, text: nameOfLanguage(name) }))}
            chosen={language}
            onChoose={chooseLanguage}
          />
        </Panel>
      )}
    </>
  )
}

/** Each language calls itself by its own name. */
function nameOfLanguage(tag: string): string {
  return new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag
}
