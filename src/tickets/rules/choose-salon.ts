import type { RoomId } from '../../messages/ids.ts';

/** A support salon beside the default one, and what is for it. A criterion without values leaves nobody out. */
export interface Salon {
  readonly id: RoomId;
  /** As operators write it in `!transferer`. */
  readonly name: string;
  /** Themes of fiches. */
  readonly themes: readonly string[];
  /** Server names; `*` stands for any run of characters but `:`. */
  readonly servers: readonly string[];
  /** Slot → values of intents/profil.yaml. */
  readonly profile: Readonly<Record<string, readonly string[]>>;
}

export interface Subject {
  /** Of the fiche where the bot could not help any more. */
  readonly theme: string | null;
  /** Of the agent's account. */
  readonly server: string;
  readonly profile: Readonly<Record<string, string>>;
}

/** The first of them that this is for; null: the default one. */
export function chooseSalon(salons: readonly Salon[], subject: Subject): Salon | null {
  return salons.find((salon) => isFor(salon, subject)) ?? null;
}

function isFor({ themes, servers, profile }: Salon, subject: Subject): boolean {
  const asked = [themes, servers, ...Object.values(profile)].some((values) => values.length > 0);
  return (
    asked &&
    (themes.length === 0 || (subject.theme !== null && themes.includes(subject.theme))) &&
    (servers.length === 0 || servers.some((pattern) => matches(pattern, subject.server))) &&
    Object.entries(profile).every(
      ([slot, values]) => values.length === 0 || values.includes(subject.profile[slot] ?? ''),
    )
  );
}

function matches(pattern: string, server: string): boolean {
  const escaped = pattern.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[^:]*')}$`, 'u').test(server.toLowerCase());
}
