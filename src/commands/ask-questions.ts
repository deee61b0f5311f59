import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Questions {
  /** The answer, or `otherwise` when it is left empty. Rejects without a keyboard. */
  ask(question: string, otherwise: string | undefined): Promise<string>;
  /** Nothing of the answer is shown. */
  askSecret(question: string): Promise<string>;
  close(): void;
}

/** Questions in the terminal; opened at the first one only. */
export function createQuestions(): Questions {
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) process.stdout.write(chunk);
      done();
    },
  });
  let terminal: ReturnType<typeof createInterface> | null = null;

  async function read(question: string): Promise<string> {
    if (process.stdin.isTTY !== true) {
      throw new Error(
        `Il manque une réponse, et personne n'est au clavier : « ${question} ». Voyez npm run setup -- --help.`,
      );
    }
    terminal ??= createInterface({ input: process.stdin, output, terminal: true });
    return (await terminal.question('')).trim();
  }

  return {
    async ask(question, otherwise) {
      if (process.stdin.isTTY === true)
        process.stdout.write(otherwise ? `${question} [${otherwise}] : ` : `${question} : `);
      return (await read(question)) || (otherwise ?? '');
    },
    async askSecret(question) {
      if (process.stdin.isTTY === true) process.stdout.write(`${question} (rien ne s'affiche) : `);
      muted = true;
      try {
        return await read(question);
      } finally {
        muted = false;
        process.stdout.write('\n');
      }
    },
    close: () => terminal?.close(),
  };
}
