import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { type Effect, type LibraryPoint, libraryPoints } from './plan.ts';

export interface LibraryWatch {
  onCall(points: readonly LibraryPoint[]): Effect | null;
  /** Does what an effect asks besides a failure of the library: end, terminate, jump. */
  onEffect(effect: Effect): void;
  /** WASM has hit « unreachable »: nobody takes the exception, and the process ends. */
  onPanic(error: Error): void;
}

const never = new Promise<never>(() => undefined);

/** Calls whose result is no promise: they are left alone. */
const immediate = new Set(['constructor', 'free', 'close', 'registerRoomKeyUpdatedCallback']);

/**
 * Puts a watch on every call into the OlmMachine of the bot: the one that has a store on disk. Those of the people it
 * talks to, in the same process, go their way.
 */
export function installLibraryFaults(watch: () => LibraryWatch | null): void {
  const watched = new WeakSet<object>();
  const open = OlmMachine.initFromStore;
  OlmMachine.initFromStore = async (...given) => {
    const machine = await open.apply(OlmMachine, given);
    watched.add(machine);
    return machine;
  };
  const methods = OlmMachine.prototype as unknown as Record<string, unknown>;
  const known: ReadonlySet<string> = new Set(libraryPoints);
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
    if (typeof value !== 'function' || immediate.has(name) || name.startsWith('_')) continue;
    const native = value as (...given: unknown[]) => unknown;
    const specific = `library:${name}`;
    const points = (known.has(specific) ? ['library:any', specific] : ['library:any']) as LibraryPoint[];
    methods[name] = function (this: object, ...given: unknown[]): unknown {
      const watching = watched.has(this) ? watch() : null;
      const call = (): unknown => native.apply(this, given);
      return watching === null ? call() : pass(watching, points, call);
    };
  }

  function pass(watching: LibraryWatch, points: readonly LibraryPoint[], call: () => unknown): unknown {
    const effect = watching.onCall(points);
    if (effect === null) return call();
    switch (effect.do) {
      case 'library':
        return fail(effect.how, watching);
      case 'kill':
        if (effect.when === 'before') {
          watching.onEffect(effect);
          return never;
        }
        return Promise.resolve(call()).finally(() => watching.onEffect(effect));
      default:
        watching.onEffect(effect);
        return call();
    }
  }
}

function fail(how: 'panic' | 'hang' | 'refuse', watching: LibraryWatch): Promise<never> {
  switch (how) {
    case 'refuse':
      // The library rejects with what is no Error; some of it is plain strings.
      return Promise.reject('simulated refusal of the library');
    case 'hang':
      return never;
    case 'panic':
      queueMicrotask(() =>
        watching.onPanic(Object.assign(new Error('unreachable'), { name: 'RuntimeError' })),
      );
      return never;
  }
}
