/** What encryption asks of the log: src/operations/log.ts has it. French lines; never a key, a token or message text. */
export interface EncryptionLog {
  info(
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | null | undefined>>,
  ): void;
  warn(
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | null | undefined>>,
  ): void;
  error(
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | null | undefined>>,
  ): void;
}
