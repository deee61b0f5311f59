import { type OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Guard } from './guard.ts';

/** The people to whom encrypted messages went since the start, and who among them has a device that they have not signed. */
export interface UnsignedRecipients {
  readonly count: number;
  /** Notes that a message goes to these people. */
  note(users: readonly string[]): void;
  /** Notes that the device lists of these people were read anew. */
  readAnew(users: readonly string[]): void;
  /** Looks at the devices of those of whom there is news; not on the way of an answer, for a big salon takes a while. */
  look(): Promise<void>;
}

export function createUnsignedRecipients(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly userId: string;
}): UnsignedRecipients {
  const { machine, guard } = options;
  const known = new Set<string>([options.userId]);
  const waiting = new Set<string>();
  const unsigned = new Set<string>();

  async function hasUnsignedDevice(user: string): Promise<boolean> {
    const list = await guard.run(() => machine.getUserDevices(new UserId(user)));
    const devices = list.devices();
    const found = devices.some((device) => !device.isCrossSignedByOwner());
    // The garbage collector would give these objects of WASM's memory back much later.
    for (const device of devices) device.free();
    list.free();
    return found;
  }

  return {
    get count() {
      return unsigned.size;
    },
    note(users) {
      for (const user of users) {
        if (known.has(user)) continue;
        known.add(user);
        waiting.add(user);
      }
    },
    readAnew(users) {
      for (const user of users) if (user !== options.userId && known.has(user)) waiting.add(user);
    },
    async look() {
      for (const user of waiting) {
        // The user is taken off first: news that come while the devices are read put them back.
        waiting.delete(user);
        try {
          if (await hasUnsignedDevice(user)) unsigned.add(user);
          else unsigned.delete(user);
        } catch (error) {
          waiting.add(user);
          throw error;
        }
      }
    },
  };
}
