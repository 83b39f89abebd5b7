import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What keeps people out who cannot see the page or have no mouse, by rule and place. */
export async function findBarriers(page: Page): Promise<string[]> {
  // By the debugger: the policy of the page lets nothing in that is not its own.
  const { violations } = (await page.evaluate(`${axe.source}; axe.run()`)) as AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
