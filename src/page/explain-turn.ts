import type { Turn } from '../conversation/conversation.ts';
import { describeProfile } from '../conversation/profile/describe-profile.ts';
import type { CountedEvidence } from '../conversation/targets/compare-targets.ts';
import type { Content, TargetName } from '../knowledge/content.ts';
import { dialogueActs } from '../knowledge/dialogue-acts.ts';
import type { Understanding } from '../understanding/understanding.ts';
import { evidencePhrases } from './evidence-phrases.ts';
import { moveNames } from './move-names.ts';
import type { Why } from './page-view.ts';

/** Names of the intents that are no fiches, as shown to editors. */
const intentTitles: Readonly<Record<string, string>> = {
  salutation: 'Salutation',
  remerciement: 'Remerciement',
  'au-revoir': 'Au revoir',
  capacites: 'Ce que sait faire l’assistant',
  'parler-a-un-humain': 'Parler à un humain',
};

/** A turn → the page's column "Pourquoi cette réponse". */
export function explainTurn(turn: Turn, content: Content): Why {
  const { understanding, reasons } = turn;
  const fiche = turn.fiche === null ? undefined : content.fiches.get(turn.fiche);
  const nameProducts = (ids: readonly string[], products: Content['lexicon']['products']): string[] =>
    ids.map((id) => products.find((product) => product.id === id)?.name ?? id);
  return {
    outcome: turn.outcome,
    sentence: explain(turn, content),
    move: reasons ? moveNames[reasons.move] : null,
    profile: reasons ? describeProfile(reasons.profile, content.profile) : '',
    acts: (reasons?.acts ?? []).map(nameAct),
    targets: (reasons?.targets ?? []).map(({ target, share }) => ({
      title: titleOfTarget(target, content),
      share,
    })),
    evidence: (reasons?.evidence ?? []).map(describeEvidence),
    reading: understanding && {
      ...understanding.reading,
      products: nameProducts(understanding.reading.products, content.lexicon.products),
      outOfScopeProducts: nameProducts(
        understanding.reading.outOfScopeProducts,
        content.lexicon.outOfScopeProducts,
      ),
    },
    thresholds: understanding?.thresholds ?? null,
    candidates: (understanding?.candidates ?? []).map(({ id, score }) => ({
      id,
      title: titleOf(id, content),
      score,
    })),
    nearest: (understanding?.nearest ?? []).map(({ question, intent, similarity }) => ({
      question,
      title: intent === null ? 'Hors sujet' : titleOf(intent, content),
      similarity,
    })),
    fiche: fiche
      ? {
          id: fiche.id,
          title: fiche.title,
          source: fiche.source,
          reviewed: fiche.reviewed,
          file: `knowledge/${fiche.id}.yaml`,
        }
      : null,
  };
}

/** As editors find it in intents/actes.yaml. */
function nameAct(act: string): string {
  return Object.entries(dialogueActs).find(([, name]) => name === act)?.[0] ?? act;
}

function titleOfTarget(target: TargetName, content: Content): string {
  switch (target.kind) {
    case 'fiche':
      return `fiche : ${titleOf(target.fiche, content)}`;
    case 'fact':
      return `fait : ${titleOf(target.fiche, content)} › ${nameFact(target.fiche, target.fact, content)}`;
    case 'act':
      return target.act.startsWith('vague:')
        ? `début vague : ${target.act.slice('vague:'.length)}`
        : `acte : ${nameAct(target.act)}`;
    case 'none':
      return 'rien de connu';
  }
}

/** By the first way of asking it that its file gives. */
function nameFact(fiche: string, id: string, content: Content): string {
  const [question = id] = content.fiches.get(fiche)?.facts.find((fact) => fact.id === id)?.questions ?? [];
  return `« ${question} »`;
}

function describeEvidence({ on, name, inFavour, low }: CountedEvidence): string {
  const phrase = `${evidencePhrases[on][name] ?? name}${low ? ' (faible)' : ''}`;
  return inFavour ? phrase : `contre la deuxième : ${phrase}`;
}

function titleOf(id: string, content: Content): string {
  return content.fiches.get(id)?.title ?? intentTitles[id] ?? id;
}

function explain(turn: Turn, content: Content): string {
  const { understanding } = turn;
  if (!understanding)
    return 'Le message continue l’échange (étape, choix, réaction ou commande) : il n’a pas été classé.';
  const best = understanding.candidates[0];
  if (!best) return 'Le message ne contient aucun mot à lire.';
  return `${judge(understanding, titleOf(best.id, content))}${becomes(turn)}`;
}

function judge({ decision, confidence, thresholds, choices }: Understanding, best: string): string {
  const sure = percent(confidence);
  switch (decision) {
    case 'answer':
      return `« ${best} » est jugée juste à ${sure}, au-dessus du seuil de réponse (${percent(thresholds.answer)}).`;
    case 'clarify':
      return `« ${best} » n’est jugée juste qu’à ${sure}, sous le seuil de réponse (${percent(thresholds.answer)}) : l’assistant hésite entre ${choices.length} fiches.`;
    case 'refuse':
      return `La plus proche, « ${best} », n’est jugée juste qu’à ${sure} : le message est pris pour étranger au guide.`;
  }
}

/** Where the conversation did something else than the matcher alone would have. */
function becomes({ outcome, understanding }: Turn): string {
  const usual = { answer: 'answer', clarify: 'clarify', refuse: 'fallback' } as const;
  if (!understanding || usual[understanding.decision] === outcome) return '';
  switch (outcome) {
    case 'answer':
      return ' L’échange en cours a permis de répondre.';
    case 'clarify':
      return ' L’assistant demande une précision avant de répondre.';
    case 'handoff':
      return ' L’assistant passe la main à un humain.';
    case 'smalltalk':
      return ' C’est une parole d’échange : aucune fiche n’est donnée.';
    case 'fallback':
      return ' L’assistant préfère ne pas répondre.';
    case 'silence':
      return ' L’assistant n’a rien à ajouter.';
  }
}

function percent(probability: number): string {
  return `${(Math.floor(probability * 1000) / 10).toLocaleString('fr-FR')} %`;
}
