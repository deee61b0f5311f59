import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * Answers each line of standard input with one line of JSON on standard output, in order. A line that is not a JSON
 * object, or that `answer` refuses by throwing, gives `{"id","error"}` and the next one goes on.
 */
export async function answerJsonLines(
  answer: (line: Readonly<Record<string, unknown>>) => object | Promise<object>,
): Promise<void> {
  // EPIPE: the reader went away early (`| head`), which is no failure.
  process.stdout.on('error', () => process.exit(0));
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    let id: unknown = null;
    let result: object;
    try {
      const parsed = parseObject(line);
      id = parsed['id'] ?? null;
      result = await answer(parsed);
    } catch (error) {
      result = { id, error: error instanceof Error ? error.message : String(error) };
    }
    // Wait for a slow reader, or the answers to ten thousand lines would pile up in memory.
    if (!process.stdout.write(`${JSON.stringify(result)}\n`)) await once(process.stdout, 'drain');
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error('Cette ligne n’est pas du JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('Cette ligne doit être un objet JSON, par exemple {"id":1,"text":"…"}.');
  }
  return value as Readonly<Record<string, unknown>>;
}
