import { isUserId, type UserId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import { type AccessSettings, createAccess } from './access.ts';

/** The rules that hold for whoever writes to the bot hold for whom it writes to first. To nobody before the first login. */
export function createMayWriteTo(
  settings: Omit<AccessSettings, 'botUserId'>,
  { settings: kept }: Pick<Store, 'settings'>,
): (person: UserId) => boolean {
  return (person) => {
    const botUserId = kept.read('user-id');
    // No room: being in the support salon opens the bot to nobody elsewhere.
    return isUserId(botUserId) && createAccess({ ...settings, botUserId })(person, '!').allowed;
  };
}
