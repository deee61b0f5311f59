/** The form of a word that goes with a number: French puts the plural from two on, so that zero is singular. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return number > 1 ? many : one;
}
