import { useSignal } from '@preact/signals'
import { limits } from '@secureconnect/protocol/constants'
import { useMemo } from 'preact/hooks'
import { client } from '../../app/client.ts'
import { Button } from '../../controls/button.tsx'
import { Dialog } from '../../controls/dialog.tsx'
import { Field } from '../../controls/field.tsx'
import { Form } from '../../controls/form.tsx'
import { words } from '../../words/index.ts'
import { putPolls } from './polls.ts'

const { question: questionLength, options: optionCount, optionCharacters } = limits.poll
const hourMs = 3_600_000
/** How long a poll is open. */
const spans = { always: undefined, hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const
type Span = keyof typeof spans

function endOf(span: string | undefined): { expires_at?: string } {
  const ms = span !== undefined && span in spans ? spans[span as Span] : undefined
  return ms === undefined ? {} : { expires_at: new Date(Date.now() + ms).toISOString() }
}

/** Asks the members of a conversation to vote. */
export function PollDialog({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const { polls: text } = words
  const count = useSignal<number>(optionCount.min)
  // Whatever gets lost on the way, sending it again makes no second poll.
  const idempotencyKey = useMemo(() => crypto.randomUUID(), [])

  async function submit(values: Readonly<Record<string, string>>): Promise<void> {
    const options = Array.from({ length: count.value }, (_, at) => values[`option-${at}`]?.trim() ?? '')
    const poll = await client.rest.polls.create(
      {
        conversation_id: conversationId,
        question: values.question?.trim() ?? '',
        options: options.filter((option) => option !== ''),
        poll_type: values.several === 'on' ? 'multi' : 'single',
        allow_vote_change: values.free === 'on',
        ...endOf(values.span),
      },
      { idempotencyKey },
    )
    putPolls(conversationId, [poll])
    onClose()
  }

  return (
    <Dialog title={text.new} onClose={onClose}>
      <Form submit={text.create} onSubmit={submit}>
        {(errors) => (
          <>
            <Field
              label={text.question}
              name="question"
              maxLength={questionLength}
              error={errors.get('question')}
              autocomplete="off"
              isFocused
            />
            {Array.from({ length: count.value }, (_, at) => (
              <Field
                key={at}
                label={text.option(at + 1)}
                name={`option-${at}`}
                maxLength={optionCharacters}
                isRequired={at < optionCount.min}
                autocomplete="off"
                error={at === 0 ? errors.get('options') : undefined}
              />
            ))}
            {count.value < optionCount.max && (
              <Button kind="quiet" onClick={() => (count.value += 1)}>
                {text.addOption}
              </Button>
            )}
            <label class="poll-setting">
              <input type="checkbox" name="several" /> {text.maySeveral}
            </label>
            <label class="poll-setting">
              <input type="checkbox" name="free" defaultChecked /> {text.mayChange}
            </label>
            <label class="poll-setting">
              {text.span}
              <select name="span">
                {Object.keys(spans).map((span) => (
                  <option key={span} value={span}>
                    {text.spans[span as Span]}
                  </option>
                ))}
              </select>
            </label>
            <p class="hint">{text.secret}</p>
          </>
        )}
      </Form>
    </Dialog>
  )
}
