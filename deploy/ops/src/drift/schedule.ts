import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '../fault.ts'
import { writeWhole } from '../write-whole.ts'

const name = 'secureconnect-drift'
const everyMinutes = 15

/** Where systemd looks for units, and what is there where it runs. */
export const systemd = { units: '/etc/systemd/system', sign: '/run/systemd/system' } as const

function describeService(root: string): string {
  return `[Unit]
Description=Compare what runs of SecureConnect with its compose file
After=docker.service

[Service]
Type=oneshot
WorkingDirectory=${root}
ExecStart=${join(root, 'ops')} drift
# That there are findings is no failure of the look.
SuccessExitStatus=1
TimeoutStartSec=5min
Nice=10
`
}

const timer = `[Unit]
Description=Compare what runs of SecureConnect with its compose file, every ${everyMinutes} minutes

[Timer]
OnBootSec=5min
OnUnitActiveSec=${everyMinutes}min
RandomizedDelaySec=1min

[Install]
WantedBy=timers.target
`

/** Has the server's own systemd look for drift: a container that did would hold the engine's socket, and with it the server. */
export async function scheduleDrift(root: string, { units, sign }: { units: string; sign: string }): Promise<string> {
  if (!existsSync(sign))
    throw new Fault(
      'This server has no systemd, which would run it.',
      `A line for its cron does the same: */${everyMinutes} * * * * root ${join(root, 'ops')} drift >/dev/null 2>&1`,
    )
  writeWhole(join(units, `${name}.service`), describeService(root), { mode: 0o644 })
  writeWhole(join(units, `${name}.timer`), timer, { mode: 0o644 })
  for (const args of [['daemon-reload'], ['enable', '--now', `${name}.timer`]])
    await promisify(execFile)('systemctl', args, { timeout: 30_000 }).catch((error: Error) => {
      throw new Fault(
        `systemd did not take it: ${error.message.trim().split('\n').at(-1)}`,
        'systemctl status tells more.',
      )
    })
  return `systemd looks every ${everyMinutes} minutes: systemctl list-timers ${name}.timer. To end that: systemctl disable --now ${name}.timer`
}
