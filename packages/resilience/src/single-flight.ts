import { withoutRequest } from '@secureconnect/logging'

/** Lets callers that ask for the same at the same time share one run of the work. */
export type SingleFlight<T> = (key: string, work: () => Promise<T>) => Promise<T>

/**
 * Creates a single flight. The work runs outside any request: the one that happened to come first may be aborted,
 * and the others would be aborted with it. It brings its own timeout.
 */
export function createSingleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Promise<T>>()
  return (key, work) => {
    const underWay = flights.get(key)
    if (underWay) return underWay
    const flight = withoutRequest(async () => work()).finally(() => flights.delete(key))
    flights.set(key, flight)
    return flight
  }
}
