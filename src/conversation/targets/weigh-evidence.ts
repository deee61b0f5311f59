import type { TargetName } from '../../knowledge/content.ts';
import type { Evidence } from './evidence.ts';
import { actEvidence, actPrior } from './evidence-for-acts.ts';
import { kindEvidence, kindPriors } from './evidence-for-kinds.ts';
import { factEvidence, ficheEvidence, questionPrior, toolEvidence } from './evidence-for-questions.ts';
import type { Signs } from './gather-signs.ts';
import { messageKinds } from './target.ts';

/** Names of the evidence on a target, in the order of the weights. */
export const targetEvidence: readonly string[] = [
  actEvidence,
  factEvidence,
  ficheEvidence,
  toolEvidence,
].flatMap((evidence) => Object.keys(evidence));
/** Names of the evidence on the kind of a message, in the order of the weights. */
export const kindEvidenceNames: readonly string[] = messageKinds.flatMap((kind) =>
  Object.keys(kindEvidence[kind]),
);

/** Weights to start from; those that few conversations tell about stay near them. */
export const targetPrior = Float64Array.from(
  targetEvidence,
  (name) => ({ ...actPrior, ...questionPrior })[name] ?? 0,
);
export const kindPrior = Float64Array.from(kindEvidenceNames, (name) => kindPriors[name] ?? 0);

const readers = {
  act: [readerOf(actEvidence, targetEvidence)],
  fact: [readerOf(factEvidence, targetEvidence), readerOf(toolEvidence, targetEvidence)],
  fiche: [readerOf(ficheEvidence, targetEvidence), readerOf(toolEvidence, targetEvidence)],
};
const kindReaders = messageKinds.map((kind) => readerOf(kindEvidence[kind], kindEvidenceNames));

/** Values of the evidence on each target, laid end to end: `targets.length` × `targetEvidence.length`. */
export function valuesOfTargets(signs: Signs, targets: readonly TargetName[]): Float64Array {
  const width = targetEvidence.length;
  const values = new Float64Array(targets.length * width);
  for (const [line, target] of targets.entries()) {
    const row = values.subarray(line * width, (line + 1) * width);
    switch (target.kind) {
      case 'act':
        for (const read of readers.act) read(row, signs, target);
        break;
      case 'fact':
        for (const read of readers.fact) read(row, signs, target);
        break;
      case 'fiche':
        for (const read of readers.fiche) read(row, signs, target);
        break;
      // Being none is a kind of its own, with one target: there is nothing to weigh within it.
      case 'none':
        break;
    }
  }
  return values;
}

/** Values of the evidence on each of `messageKinds`, laid end to end. */
export function valuesOfKinds(signs: Signs): Float64Array {
  const width = kindEvidenceNames.length;
  const values = new Float64Array(messageKinds.length * width);
  for (const [line, kind] of messageKinds.entries())
    kindReaders[line]?.(values.subarray(line * width, (line + 1) * width), signs, kind);
  return values;
}

/** Some lines of values, laid end to end. */
export function pickLines(values: Float64Array, lines: readonly number[]): Float64Array {
  const width = targetEvidence.length;
  const picked = new Float64Array(lines.length * width);
  for (const [index, line] of lines.entries())
    picked.set(values.subarray(line * width, (line + 1) * width), index * width);
  return picked;
}

/** Writes the values of some evidence at its places in a row. */
function readerOf<Target>(
  evidence: Evidence<Target>,
  names: readonly string[],
): (row: Float64Array, signs: Signs, target: Target) => void {
  const placed = Object.entries(evidence).map(([name, value]) => ({ place: names.indexOf(name), value }));
  return (row, signs, target) => {
    for (const { place, value } of placed) row[place] = Number(value(signs, target));
  };
}
