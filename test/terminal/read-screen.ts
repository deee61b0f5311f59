/**
 * What a person sees on a terminal after its control codes are applied, older lines included; the spaces at the end of
 * a line are kept, the cursor stands there. Throws on a code that it does not know: a guess would prove nothing.
 */
export function readScreen(written: string, columns = 80): string {
  const lines: string[][] = [[]];
  let row = 0;
  let column = 0;
  const lineAt = (index: number): string[] => {
    while (lines.length <= index) lines.push([]);
    return lines[index] ?? [];
  };
  const put = (character: string): void => {
    if (column >= columns) {
      row += 1;
      column = 0;
    }
    const line = lineAt(row);
    while (line.length < column) line.push(' ');
    line[column] = character;
    column += 1;
  };
  const eraseLine = (mode: number): void => {
    if (mode === 0) lineAt(row).splice(column);
    else if (mode === 2) lineAt(row).splice(0);
    else throw new Error(`unknown erasure of a line: ${mode}`);
  };
  const control = (code: string, values: readonly number[]): void => {
    const count = values[0] || 1;
    switch (code) {
      case 'A':
        row = Math.max(0, row - count);
        return;
      case 'B':
        row += count;
        return;
      case 'C':
        column = Math.min(columns - 1, column + count);
        return;
      case 'D':
        column = Math.max(0, column - count);
        return;
      case 'G':
        column = count - 1;
        return;
      case 'J':
        if ((values[0] ?? 0) !== 0) throw new Error(`unknown erasure of the screen: ${values[0]}`);
        eraseLine(0);
        lines.splice(row + 1);
        return;
      case 'K':
        eraseLine(values[0] ?? 0);
        return;
      case 'm':
        return;
      default:
        throw new Error(`unknown control code: ${code}`);
    }
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the control codes are what is read here.
  for (const [part, parameters, code] of written.matchAll(/\u001b\[([\d;?]*)([A-Za-z])|[\s\S]/gu)) {
    if (code !== undefined) control(code, (parameters ?? '').split(';').map(Number));
    else if (part === '\n') row += 1;
    else if (part === '\r') column = 0;
    else if (part === '\b') column = Math.max(0, column - 1);
    else if (part === '\u001b') throw new Error('an escape code that is cut or unknown');
    else if (part !== '\u0007') put(part);
  }
  lineAt(row);
  return lines.map((line) => line.join('')).join('\n');
}
