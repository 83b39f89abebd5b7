import type { Measured } from '../shared/measured.ts'

/** The sum of a counter's values whose labels hold a text. */
export async function readCounter({ url }: Measured, name: string, labels: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(`"${labels}"`))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}
