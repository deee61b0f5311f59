import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * Reads a command's options; prints the help for --help, and ends with code 2 when the command is mistyped.
 * `words`: the command takes words beside its options (a question, a file).
 */
export function readOptions<T extends ParseArgsOptionsConfig>(
  help: string,
  options: T,
  { words = false }: { readonly words?: boolean } = {},
) {
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
  const [word] = parsed.positionals;
  if (!words && word !== undefined) return refuseCommand(`« ${word} » est de trop.`, help);
  return parsed;
}

/**
 * A path of the command line, from the folder where the command was typed: bin/assistant works in the project's folder
 * and says in TYPED_IN where it was called from.
 */
export function resolveTyped(path: string): string {
  const typedIn = process.env['TYPED_IN'] ?? process.cwd();
  return typedIn === process.cwd() ? path : resolve(typedIn, path);
}

/** Says what is wrong with the command, how to write it, and ends with code 2. */
export function refuseCommand(reason: string, help: string): never {
  console.error(`${reason}\n\n${help}`);
  process.exit(2);
}

/** Node's own message is in English; only its code and the option it quotes are used. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const option = /'(-[^' ]*)/.exec(message)?.[1] ?? '';
  return code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE'
    ? `L’option ${option} attend une valeur, ou n’en veut pas.`
    : `L’option ${option} n’existe pas.`;
}
