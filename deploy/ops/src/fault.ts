/** What went wrong, in one sentence, and the way out of it in another. */
export class Fault extends Error {
  readonly wayOut: string

  constructor(message: string, wayOut: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Fault'
    this.wayOut = wayOut
  }
}

/** The command line cannot be understood. */
export class UsageFault extends Fault {}
