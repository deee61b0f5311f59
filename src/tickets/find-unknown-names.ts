import type { Content } from '../knowledge/content.ts';
import { fillReply } from './fill-reply.ts';
import type { SupportSettings } from './load-support-settings.ts';

/**
 * What the operators' file names and the fiches do not have: a theme, a slot or a value that no demande will ever match, a
 * blank that nothing fills. In French; the file is used all the same, since the fiches may change while the bot runs.
 */
export function findUnknownNames(
  { salons = [], replies = new Map() }: SupportSettings,
  content: Content,
): string[] {
  const themes = new Set([...content.fiches.values()].map(({ theme }) => theme));
  const slots = new Map(
    content.profile.map(({ id, values }) => [id, new Set(values.map((value) => value.id))]),
  );
  return [
    ...salons.flatMap(({ name, themes: wanted, profile }) => [
      ...wanted
        .filter((theme) => !themes.has(theme))
        .map((theme) => `salon « ${name} » : aucune fiche n’a le thème « ${theme} »`),
      ...Object.entries(profile).flatMap(([slot, values]) => {
        const known = slots.get(slot);
        if (known === undefined)
          return [`salon « ${name} » : « ${slot} » n’est pas dans intents/profil.yaml`];
        return values
          .filter((value) => !known.has(value))
          .map((value) => `salon « ${name} » : « ${slot} » n’a pas la valeur « ${value} »`);
      }),
    ]),
    ...[...replies].flatMap(([name, text]) => {
      const filled = fillReply(text, { agent: '', number: 0, profile: {}, slots: content.profile });
      if ('text' in filled) return [];
      return filled.unknown.map((blank) => `réponse « ${name} » : rien ne remplit {${blank}}`);
    }),
  ];
}
