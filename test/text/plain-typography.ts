/** A rendered text as it is typed on a keyboard, for the tests that are about what is said and not about how it is set. */
export function plainTypography(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ').replaceAll('’', "'");
}
