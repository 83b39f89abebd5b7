import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { client } from '../app/client.ts'
import { follow } from '../app/router.ts'
import { pages } from '../pages.ts'
import { explain } from '../words/explain.ts'
import { words } from '../words/index.ts'
import { Entrance } from './entrance.tsx'
import { readMailedToken } from './mailed-token.ts'

type Props = { text: { title: string; done: string }; confirm: (token: string) => Promise<unknown> }

/** Takes the token of a mailed link to where it belongs, and says what came of it. */
function ConfirmPage({ text, confirm }: Props) {
  const outcome = useSignal(words.loading)
  useEffect(() => {
    const token = readMailedToken()
    if (token === undefined) {
      outcome.value = words.linkIsIncomplete
      return
    }
    confirm(token).then(
      () => {
        outcome.value = text.done
      },
      (error) => {
        outcome.value = explain(error)
      },
    )
  }, [])
  return (
    <Entrance title={text.title}>
      <p role="status">{outcome}</p>
      <p class="aside">
        <a href={pages.home} onClick={follow}>
          {words.goOn}
        </a>
      </p>
    </Entrance>
  )
}

export function VerifyEmailPage() {
  return <ConfirmPage text={words.verifyEmail} confirm={(token) => client.rest.recovery.verifyEmail({ token })} />
}

export function ConfirmEmailPage() {
  return <ConfirmPage text={words.confirmEmail} confirm={(token) => client.rest.recovery.confirmEmail({ token })} />
}
