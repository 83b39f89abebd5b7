import { useSignal } from '@preact/signals'
import { client } from '../../app/client.ts'
import { attempt } from '../../controls/attempt.ts'
import { Button } from '../../controls/button.tsx'
import { icons } from '../../controls/icons.tsx'
import { Menu, MenuItem } from '../../controls/menu.tsx'
import { nameOf } from '../../people/people.ts'
import { words } from '../../words/index.ts'
import { wholeTimeOf } from '../../words/times.ts'
import { findConversation, isEncrypted } from '../list/conversations.ts'
import { type Poll, putPolls, removePoll } from './polls.ts'

function vote({ poll_id, conversation_id }: Poll, option_ids: string[]): Promise<boolean> {
  return attempt(async () => putPolls(conversation_id, [await client.rest.polls.vote({ poll_id, option_ids })]))
}

type OptionProps = { poll: Poll; at: number; isChosen: boolean; isDisabled: boolean; onChoose: () => void }

function Option({ poll, at, isChosen, isDisabled, onChoose }: OptionProps) {
  const option = poll.options[at]
  if (!option) return null
  return (
    <label class="poll-option">
      <input
        type={poll.poll_type === 'multi' ? 'checkbox' : 'radio'}
        name={poll.poll_id}
        checked={isChosen}
        disabled={isDisabled}
        onChange={onChoose}
      />
      <span>{option.text}</span>
      <span class="hint">{option.vote_count}</span>
      <meter min={0} max={Math.max(1, poll.voter_count)} value={option.vote_count} aria-hidden="true" />
    </label>
  )
}

/** Closing and deleting, for whoever made it and those who look after the group. */
function PollMenu({ poll }: { poll: Poll }) {
  const { poll_id, conversation_id, created_by, status } = poll
  const { polls: text } = words
  const conversation = findConversation(conversation_id)
  const isModerator = conversation?.type === 'group' && conversation.role !== 'member'
  if (created_by !== client.userId && !isModerator) return null
  const close = () => attempt(async () => putPolls(conversation_id, [await client.rest.polls.close({ poll_id })]))
  const remove = () =>
    attempt(async () => {
      await client.rest.polls.delete({ poll_id })
      removePoll(poll)
    })
  return (
    <Menu label={text.menu} face={icons.more} look="icon-button">
      {status === 'open' && (
        <MenuItem icon={icons.check} onChoose={close}>
          {text.close}
        </MenuItem>
      )}
      <MenuItem icon={icons.bin} isDanger onChoose={remove}>
        {text.delete}
      </MenuItem>
    </Menu>
  )
}

/** A poll as it stands, in which one votes. Where a vote may not be changed, it is given by a button. */
export function PollRow({ poll }: { poll: Poll }) {
  const { question, options, own_option_ids: own, poll_type, allow_vote_change: isFree, status, expires_at } = poll
  const { polls: text } = words
  const picked = useSignal<readonly string[]>([])
  const isMany = poll_type === 'multi'
  const mayVote = status === 'open' && !isEncrypted(poll.conversation_id) && (isFree || own.length === 0)
  const isByButton = mayVote && !isFree
  const chosen = isByButton ? picked.value : own

  function choose(id: string): void {
    const next = !isMany ? [id] : chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]
    if (isByButton) picked.value = next
    else void vote(poll, next)
  }

  const facts = [
    text.voters(poll.voter_count),
    isMany ? text.several : text.single,
    status === 'closed' ? text.closed : isFree ? text.free : text.final,
    ...(status === 'open' && expires_at ? [text.until(wholeTimeOf(expires_at))] : []),
  ]
  return (
    <li class="poll" data-poll={poll.poll_id}>
      <fieldset>
        <legend>
          <span class="hint">{text.by(nameOf(poll.created_by))}</span>
          <strong>{question}</strong>
        </legend>
        {options.map(({ option_id }, at) => (
          <Option
            key={option_id}
            poll={poll}
            at={at}
            isChosen={chosen.includes(option_id)}
            isDisabled={!mayVote}
            onChoose={() => choose(option_id)}
          />
        ))}
      </fieldset>
      {isByButton && (
        <Button kind="primary" isDisabled={picked.value.length === 0} onClick={() => vote(poll, [...picked.value])}>
          {text.vote}
        </Button>
      )}
      {isFree && mayVote && own.length > 0 && (
        <Button kind="quiet" onClick={() => vote(poll, [])}>
          {text.takeBack}
        </Button>
      )}
      <p class="hint">{facts.join(' · ')}</p>
      <PollMenu poll={poll} />
    </li>
  )
}
