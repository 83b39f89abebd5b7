/** What a template says, as plain text; a paragraph that is a web address becomes a link. */
export type MailText = { subject: string; paragraphs: readonly string[] }
