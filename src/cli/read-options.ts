import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** Reads a command's options; prints the help for --help, and ends with code 2 when the command is mistyped. */
export function readOptions<T extends ParseArgsOptionsConfig>(help: string, options: T) {
  const withHelp = { ...options, help: { type: 'boolean', short: 'h' } } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof withHelp; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ options: withHelp, allowPositionals: true });
  } catch (error) {
    return refuseCommand(describe(error), help);
  }
  if ((parsed.values as { help?: boolean }).help) {
    console.log(help);
    process.exit(0);
  }
  return parsed;
}

/** Says what is wrong with the command, how to write it, and ends with code 2. */
export function refuseCommand(reason: string, help: string): never {
  console.error(`${reason}\n\n${help}`);
  process.exit(2);
}

/** Node says it in English. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const option = /'(-[^' ]*)/.exec(message)?.[1] ?? '';
  return code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'
    ? `L'option ${option} attend une valeur, ou n'en veut pas.`
    : `L'option ${option} n'existe pas.`;
}
