import { stringify } from 'yaml';

/** The theme under which questions go that agents asked and that an editor found out of scope; the last one of the file. */
const received = 'Questions reçues';

/** The text of intents/hors-sujet.yaml with a question more at its end; the rest letter for letter as it was. */
export function addOutOfScope(text: string, question: string): string {
  const before = text.endsWith('\n') ? text : `${text}\n`;
  const written = stringify(question, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }).trim();
  const [lastTheme = ''] = before.match(/^ *- titre: .*$/gm)?.slice(-1) ?? [];
  const indent = /^ */.exec(lastTheme)?.[0] ?? '  ';
  const isThere =
    lastTheme.includes(received) &&
    /^ *- titre: .*\n *questions:\n(?: *- .*\n)+$/m.test(before.slice(before.lastIndexOf(lastTheme)));
  const theme = isThere ? '' : `${indent}- titre: "${received}"\n${indent}  questions:\n`;
  return `${before}${theme}${indent}    - ${written}\n`;
}
