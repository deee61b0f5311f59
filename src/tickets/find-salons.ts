import type { RoomId } from '../messages/ids.ts';
import { followUpgrades } from '../store/follow-upgrades.ts';
import type { Store } from '../store/open-store.ts';
import { foldText } from '../text/fold-text.ts';
import { chooseSalon, type Salon, type Subject } from './rules/choose-salon.ts';

export interface OpenSalon {
  /** The room that it is now. */
  readonly id: RoomId;
  /** null: the default one. */
  readonly name: string | null;
}

/** The support salons as they stand: upgraded rooms followed, those that the bot is not in left out of what is chosen. */
export interface Salons {
  /** Those that the bot is in, the default one first. */
  readonly open: readonly OpenSalon[];
  /** The salon that this room is, or was before an upgrade; null: none. */
  of(room: RoomId): RoomId | null;
  /** Where a new ticket goes; null when there is nobody anywhere. */
  choose(subject: Subject): RoomId | null;
  /** By the name that operators give it, or "principal". */
  named(written: string): OpenSalon | null;
  nameOf(id: RoomId): string | null;
}

export function findSalons(store: Store, defaultRoom: RoomId, others: readonly Salon[]): Salons {
  const all = [{ id: defaultRoom, name: null }, ...others.map(({ id, name }) => ({ id, name }))].map(
    ({ id, name }) => ({ configured: id, id: followUpgrades(store, id), name }),
  );
  const open = all.filter(({ id }) => store.rooms.read(id)?.membership === 'join');
  return {
    open,
    of(room) {
      // A message may come in a room that has just been replaced.
      const known = all.find(({ id, configured }) => room === id || room === configured);
      return known?.id ?? all.find(({ id }) => followUpgrades(store, room) === id)?.id ?? null;
    },
    choose(subject) {
      const chosen = chooseSalon(
        others.filter(({ id }) => open.some(({ configured }) => configured === id)),
        subject,
      );
      return (open.find(({ configured }) => configured === chosen?.id) ?? open[0])?.id ?? null;
    },
    named(written) {
      const wanted = foldText(written);
      return open.find(({ name }) => foldText(name ?? 'principal') === wanted) ?? null;
    },
    nameOf: (id) => all.find((salon) => salon.id === id)?.name ?? null,
  };
}
