/** Of two that both claim to be one, the one that is more than the other comes first. */
const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const
const names: Readonly<Record<(typeof browsers)[number], string>> = {
  Edg: 'Edge',
  OPR: 'Opera',
  Firefox: 'Firefox',
  Chrome: 'Chrome',
  Safari: 'Safari',
}
const systems = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Mac OS X', 'macOS'],
  ['Windows', 'Windows'],
  ['Linux', 'Linux'],
] as const

/** By which name a session of this browser is found among others, such as "Firefox, Linux". */
export function describeDevice(agent: string): string {
  const browser = browsers.find((mark) => agent.includes(`${mark}/`))
  const system = systems.find(([mark]) => agent.includes(mark))
  return [browser ? names[browser] : 'Browser', system?.[1]].filter((part) => part !== undefined).join(', ')
}
