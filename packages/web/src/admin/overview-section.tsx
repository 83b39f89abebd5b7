import { client } from '../app/client.ts'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { language, words } from '../words/index.ts'

const whole = new Intl.NumberFormat(language)

function Count({ name, count }: { name: string; count: number }) {
  return (
    <li class="panel count">
      <strong>{whole.format(count)}</strong>
      <span class="hint">{name}</span>
    </li>
  )
}

/** How many there are of what administrators ask for first. */
export function OverviewSection() {
  const { overview: text } = words.admin
  const stats = useAnswer(() => client.rest.admin.getStats())
  return (
    <Loaded of={stats}>
      {({ users, sessions, services }) => (
        <ul class="counts wide">
          <Count name={text.total} count={users.total} />
          <Count name={text.newToday} count={users.new_24h} />
          <Count name={text.newThisWeek} count={users.new_7d} />
          <Count name={text.verified} count={users.verified} />
          <Count name={text.banned} count={users.banned} />
          <Count name={text.sessions} count={sessions.live} />
          {Object.entries(services).flatMap(([service, counts]) =>
            Object.entries(counts).map(([name, count]) => (
              <Count key={service + name} name={text.ofService(service, name)} count={count} />
            )),
          )}
        </ul>
      )}
    </Loaded>
  )
}
