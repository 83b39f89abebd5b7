export { createMailer, mailSettings } from './mail-settings.ts'
export { type FailureReason, type Mail, MailError, type Mailer } from './mailer.ts'
export { type MailTemplate, type MailValues, renderMail } from './render-mail.ts'
export { type SmtpSecurity, trySmtp } from './smtp.ts'
