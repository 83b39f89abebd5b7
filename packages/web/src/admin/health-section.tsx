import type { ServiceHealth } from '@secureconnect/sdk'
import { client } from '../app/client.ts'
import { Loaded, useAnswer } from '../controls/loaded.tsx'
import { words } from '../words/index.ts'
import { shortTimeOf } from '../words/times.ts'

const { health: text } = words.admin

type Process = ServiceHealth['instances'][number]

/** One process with all that it depends on. */
function ProcessRow({ process: { instance, status, seen_at, checks } }: { process: Process }) {
  return (
    <li class="process">
      <p class="row-line">
        <strong>{instance}</strong>
        <span class={`tag ${status}`}>{text.statuses[status]}</span>
        <span class="hint">{text.seen(shortTimeOf(seen_at))}</span>
      </p>
      <ul class="checks">
        {Object.entries(checks).map(([name, { status: is, required, latency_ms, error }]) => (
          <li key={name}>
            <span class={`tag ${is}`}>{text.checks[is]}</span>
            <span>{name}</span>
            <span class="hint">
              {required ? text.required : text.optional}
              {latency_ms !== undefined && `, ${text.latency(latency_ms)}`}
            </span>
            {error && <span class="error">{error}</span>}
          </li>
        ))}
      </ul>
    </li>
  )
}

function Service({ service: { service, status, instances } }: { service: ServiceHealth }) {
  return (
    <li class="panel">
      <header class="row-line">
        <h2>{service}</h2>
        <span class={`tag ${status}`}>{text.statuses[status]}</span>
      </header>
      <ul>
        {instances.map((process) => (
          <ProcessRow key={process.instance} process={process} />
        ))}
      </ul>
    </li>
  )
}

export function HealthSection() {
  const health = useAnswer(() => client.rest.admin.getHealth())
  return (
    <Loaded of={health}>
      {({ services }) => (
        <ul class="panels wide">
          {services.map((service) => (
            <Service key={service.service} service={service} />
          ))}
        </ul>
      )}
    </Loaded>
  )
}
