import { searchSecrets } from './secrets.ts';

const mask = '…';

/** Words that follow "je suis" or a title without being a name. */
const nameAfter =
  /(\b(?:je m['’]appelle|je me nomme|mon nom (?:est|c['’]est)|c['’]est|je suis|ici|monsieur|madame|mme|mlle|m\.|mr\.?|commandant|capitaine|lieutenant|brigadier|adjudant|major|gardien|commissaire|préfet)\s+)((?:\p{Lu}[\p{L}'’-]+)(?:\s+\p{Lu}[\p{L}'’-]+){0,2})/gu;
const closing =
  /(\b(?:cordialement|bien à vous|merci|salutations|respectueusement)[\s,.!-]+)((?:\p{Lu}[\p{L}'’-]+)(?:\s+\p{Lu}[\p{L}'’-]+){0,2})\s*$/gimu;
/** Names of tools and places that begin with a capital as well. */
const notAName =
  /^(?:NOEMI|SPAN|COMU|Nomade|Tchap|Jitsi|BitLocker|Bitlocker|Windows|Linux|Android|Apple|VPN|RSSI|RSIM|DINUM|Teams|Outlook|Beauvau|Oudinot|Lumière|Lognes|Garance|Paris|Bonjour|Merci|Le|La|Les|Un|Une|Mon|Ma|Pas|Je|Wi|Wifi|Hotline|CRYHOD|PIN|SETNA|Cordialement)\b/u;

/** A question as editors may read it: no name, address, number of a person, nor secret. */
export function maskPersonalData(text: string): string {
  const hideName = (match: string, before: string, name: string): string =>
    notAName.test(name) ? match : `${before}${mask}`;
  return searchSecrets(text)
    .masked.replace(/@[\w.=/+-]+:[\w.:-]+/g, mask)
    .replace(/(?<![\w<>.-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, (address) =>
      // The guide's own examples and functional addresses are no person's.
      /^(?:prenom\.nom|jean\.dupont|ac-dupontje|charte-nomade2)@/i.test(address) ? address : mask,
    )
    .replace(/(?<!\d)(?:\+33|0)[ .-]?\d(?:[ .-]?\d\d){4}(?!\d)/g, (number) =>
      number.replace(/\D/g, '') === '0140072000' ? number : mask,
    )
    .replace(/(?<!\d)\d{6,}(?!\d)/g, mask)
    .replace(nameAfter, hideName)
    .replace(closing, hideName);
}
