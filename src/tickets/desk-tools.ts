import type { Block } from '../conversation/conversation.ts';
import { recallProfile } from '../conversation/memory.ts';
import type { Profile } from '../conversation/profile/read-slots.ts';
import { say } from '../conversation/rendering/say.ts';
import type { Content } from '../knowledge/content.ts';
import type { Render } from '../messages/compose.ts';
import { type Address, type RoomId, startsWith, type UserId } from '../messages/ids.ts';
import { followUpgrades } from '../store/follow-upgrades.ts';
import type { Store } from '../store/open-store.ts';
import type { ProposalTable } from '../store/proposal-table.ts';
import type { TicketMessageTable } from '../store/ticket-message-table.ts';
import type { StoredTicket, TicketTable } from '../store/ticket-table.ts';
import { findSalons, type Salons } from './find-salons.ts';
import type { Salon } from './rules/choose-salon.ts';
import {
  describeDate,
  describeDay,
  describeMoment,
  isOpenAt,
  nextOpening,
  type OpeningHours,
  openTimeBetween,
  type WeeklyMoment,
} from './rules/opening-hours.ts';
import type { Sentence, TicketDelays, TicketSituation } from './rules/ticket.ts';

export interface DeskOptions {
  readonly store: Store;
  readonly content: () => Content;
  readonly render: Render;
  /** Id of the default support salon. The members of a salon, and they alone, are its operators. */
  readonly supportRoom: RoomId;
  /** The others, in the order in which they are tried; none by default. */
  readonly salons?: readonly Salon[];
  /** Where administrators are told of what they alone can mend; none by default. */
  readonly adminRoom?: RoomId | null;
  /** null: somebody is always there. */
  readonly hours: OpeningHours | null;
  readonly delays: TicketDelays;
  /** When the week's figures are posted in the salon; never by default. */
  readonly report?: WeeklyMoment | null;
  /** May the bot write to this person first? To nobody, by default. */
  readonly mayWriteTo?: (person: UserId) => boolean;
  /** Canned replies by name; none by default. */
  readonly replies?: ReadonlyMap<string, string>;
}

/** What every part of the desk needs: look-ups and sentences. Nothing here writes. */
export interface DeskTools {
  readonly store: Store;
  readonly tickets: TicketTable;
  readonly messages: TicketMessageTable;
  readonly proposals: ProposalTable;
  /** Canned replies by name, in their order. */
  readonly replies: ReadonlyMap<string, string>;
  readonly content: Content;
  readonly render: Render;
  /** The default support salon, or the one that replaced it. */
  readonly salon: RoomId;
  readonly salons: Salons;
  /** The administrators' room, when the bot is in it. */
  readonly adminRoom: RoomId | null;
  say(sentence: Sentence): string;
  /** A person's name as the salon knows it, fit for a sentence. */
  nameOf(person: UserId | '', room?: Address | ''): string;
  /** As it follows "le": "28 novembre à 15 h 33". */
  dateOf(moment: number): string;
  /** "28 novembre". */
  dayOf(moment: number): string;
  readonly timeZone: string;
  /** Where a ticket's thread is: a link that clients open in place, words while it has not been sent. */
  linkTo(stored: StoredTicket): string;
  isOperator(userId: UserId, salon: RoomId): boolean;
  /** The salon for what this agent asks; null when the bot is in none. */
  chooseSalon(asked: {
    readonly agent: UserId | '';
    readonly address: Address | '';
    readonly fiche: string | null;
  }): RoomId | null;
  salonFor(stored: StoredTicket): RoomId | null;
  /** May an operator begin a conversation with this person? The bot itself is nobody. */
  mayWriteTo(person: UserId): boolean;
  listOperators(salon: RoomId): { readonly id: UserId; readonly name: string }[];
  situate(stored: StoredTicket, now: number): TicketSituation;
  /** When somebody answers again, in French; null when somebody is there now. */
  reopens(now: number): string | null;
  isClosedAt(now: number): boolean;
  /** What the agent has told in private; what they told in a salon stays there. */
  profileOf(stored: Pick<StoredTicket, 'address'>): Profile;
  /** Where what is for the agent goes: never a room that holds anybody else. */
  reach(stored: StoredTicket): Address;
  isReachable(stored: StoredTicket): boolean;
  /** Whom to call, as the guide has it. */
  numbers(): Block[];
}

const defaultTimeZone = 'Europe/Paris';

/** Made anew for each message: the content may be reloaded and the salon upgraded between two of them. */
export function createDeskTools(options: DeskOptions): DeskTools {
  const { store, hours, delays } = options;
  const { tickets } = store;
  const content = options.content();
  const salon = followUpgrades(store, options.supportRoom);
  const salons = findSalons(store, options.supportRoom, options.salons ?? []);
  const timeZone = hours?.timeZone ?? defaultTimeZone;

  /** Whoever is named in a sentence may be of any salon. */
  const nameOf = (person: UserId | '', room: Address | '' = homeOf(person)): string => {
    const member = startsWith(room, '!') && person !== '' ? store.rooms.readMember(room, person) : null;
    return cleanName(member?.displayName ?? person.replace(/^@/, '').replace(/:.*$/, ''));
  };
  function homeOf(person: UserId | ''): RoomId {
    const home = salons.open.find(({ id }) => person !== '' && store.rooms.readMember(id, person) !== null);
    return home?.id ?? salon;
  }
  const profileOf: DeskTools['profileOf'] = ({ address }) => {
    const state = address === '' ? null : store.conversations.read(address);
    return state === null ? {} : recallProfile(state);
  };
  const chooseSalon: DeskTools['chooseSalon'] = ({ agent, address, fiche }) =>
    salons.choose({
      theme: fiche === null ? null : (content.fiches.get(fiche)?.theme ?? null),
      server: agent.replace(/^[^:]*:/, ''),
      profile: profileOf({ address }),
    });
  const isThere = (room: RoomId, userId: UserId): boolean => {
    const record = store.rooms.read(room);
    const membership = store.rooms.readMember(room, userId)?.membership;
    return (
      record?.membership === 'join' &&
      !record.crowded &&
      record.replacement === null &&
      (membership === 'join' || membership === 'invite')
    );
  };
  /** A room that the store does not know is one of a world without Matrix. */
  const isUnknownRoom = (room: RoomId): boolean => store.rooms.read(room) === null;

  return {
    store,
    tickets,
    messages: store.ticketMessages,
    proposals: store.proposals,
    replies: options.replies ?? new Map(),
    content,
    render: options.render,
    salon,
    adminRoom: findAdminRoom(options),
    salons,
    chooseSalon,
    salonFor: ({ address, ticket: { agent, fiche } }) => chooseSalon({ agent, address, fiche }),
    nameOf,
    say: ({ id, values }) =>
      say(
        content,
        id,
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            typeof value === 'object' ? nameOf(value.userId) : value,
          ]),
        ),
      ),
    dateOf: (moment) => describeDate(timeZone, moment),
    dayOf: (moment) => describeDay(timeZone, moment),
    timeZone,
    linkTo: ({ salon: room, root, ticket: { number } }) => {
      const event = store.outgoing.find(root)?.eventId ?? null;
      const server = store.settings.read('user-id')?.replace(/^[^:]*:/, '') ?? '';
      return event === null
        ? say(content, 'ticket.fil', { numero: number })
        : `https://matrix.to/#/${encodeURIComponent(room)}/${encodeURIComponent(event)}?via=${encodeURIComponent(server)}`;
    },
    isOperator: (person, room) =>
      person !== store.settings.read('user-id') &&
      store.rooms.readMember(room, person)?.membership === 'join',
    mayWriteTo: (person) =>
      person !== store.settings.read('user-id') && (options.mayWriteTo?.(person) ?? false),
    listOperators: (room) =>
      store.rooms
        .readMembers(room)
        .filter(({ user, membership }) => membership === 'join' && user !== store.settings.read('user-id'))
        .map(({ user }) => ({ id: user, name: nameOf(user, room) })),
    situate: ({ ticket, salon: room }, now) => ({
      now,
      delays,
      openTime: (from, to) => openTimeBetween(hours, from, to),
      place: tickets.countBefore(ticket.number, room) + 1,
    }),
    reopens(now) {
      if (isOpenAt(hours, now)) return null;
      const next = nextOpening(hours, now);
      return next === null ? null : describeMoment(timeZone, next, now);
    },
    isClosedAt: (now) => !isOpenAt(hours, now),
    profileOf,
    reach({ address, ticket: { agent } }) {
      if (agent === '') throw new Error('the ticket is forgotten: there is nobody to tell');
      if (startsWith(address, '!') && (isUnknownRoom(address) || isThere(address, agent))) return address;
      return store.rooms.findDirect(agent) ?? `dm:${agent}`;
    },
    isReachable: ({ address, ticket: { agent } }) =>
      agent !== '' &&
      (!startsWith(address, '!') ||
        isUnknownRoom(address) ||
        isThere(address, agent) ||
        store.rooms.findDirect(agent) !== null),
    numbers: () => {
      const items = ['hotline-interne', 'centre-appel', 'setna']
        .map((id) => content.sentences.contacts.get(id))
        .filter((text) => text !== undefined)
        .map((text) => ({ text }));
      return items.length === 0 ? [] : [{ type: 'bullets', items }];
    },
  };
}

function findAdminRoom({ store, adminRoom = null }: DeskOptions): RoomId | null {
  const room = adminRoom === null ? null : followUpgrades(store, adminRoom);
  return room !== null && store.rooms.read(room)?.membership === 'join' ? room : null;
}

/** A display name is anybody's text: without the marks of content.ts, without line ends, not too long. */
function cleanName(name: string): string {
  const clean = name
    .replace(/[*`«»<>]|\p{C}|https?:\/\//gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 80);
  return clean === '' ? '?' : clean;
}
