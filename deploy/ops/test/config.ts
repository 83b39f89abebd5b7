import type { TestContext } from 'node:test'

/** Has programs looked for elsewhere until the test ends. */
export function usePath(t: TestContext, change: (usual: string) => string): void {
  const usual = process.env.PATH ?? ''
  process.env.PATH = change(usual)
  t.after(() => {
    process.env.PATH = usual
  })
}
