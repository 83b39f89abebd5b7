/** What one of the sockets speaks: what is asked there and how it is answered, and what the server tells by itself. */
export type Language = {
  readonly asks: { readonly [type: string]: { readonly fields: object; readonly reply: unknown } }
  /** What goes out without an answer. */
  readonly tells: { readonly [type: string]: object }
  readonly told: { readonly type: string }
}

export type AskOf<L extends Language> = keyof L['asks'] & string
export type TellOf<L extends Language> = keyof L['tells'] & string
