/**
 * Branches name steps by number: once steps have moved, each number is that of the same step. A branch to a step that went
 * away leads on to the next one. `order`: for each step of now, its place before; null: a new one.
 */
export function followSteps(fiche: Record<string, unknown>, order: readonly (number | null)[]): void {
  const common = ((fiche['etapes'] ?? []) as unknown[]).length;
  const variants = fiche['variantes'] as { choix?: { etapes?: unknown }[] } | undefined;
  const lists = [fiche['etapes'], ...(variants?.choix ?? []).map(({ etapes }) => etapes)];
  for (const list of lists) {
    for (const step of (list ?? []) as { branches?: { vers?: unknown }[] }[]) {
      for (const branch of step.branches ?? []) {
        const named = Number(branch.vers);
        if (!Number.isInteger(named) || named < 1) continue;
        if (named > common) branch.vers = String(named + order.length - common);
        else {
          const place = order.indexOf(named - 1);
          branch.vers = place < 0 ? 'suite' : String(place + 1);
        }
      }
    }
  }
}
