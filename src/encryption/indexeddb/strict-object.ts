/**
 * Base of every IndexedDB object here. Reading or calling a member that this subset does not have throws instead of
 * giving `undefined`: a new version of the crypto library that needs more of IndexedDB must fail at once and loudly,
 * not store half of what it thinks it stored. The trap sits at the root of the prototype chain, so that known members
 * cost nothing; derived objects are also sealed against unknown handlers by {@link seal}.
 */
export class StrictObject {}

/** Names that Node, promises and printers look up on any object; absent, as on a plain object. */
const innocent = new Set([
  'then',
  'toJSON',
  'constructor',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'nodeType',
  'inspect',
]);

Object.setPrototypeOf(
  StrictObject.prototype,
  new Proxy(Object.create(null) as object, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || innocent.has(name) || name.startsWith('@@')) {
        return Reflect.get(Object.prototype, name, receiver) ?? Reflect.get(target, name);
      }
      throw unsupported(`${describe(receiver)}.${name}`);
    },
    set(_target, name, _value, receiver) {
      throw unsupported(`${describe(receiver)}.${String(name)} =`);
    },
  }),
);

/** How every such error begins, through whatever the library wraps around it. */
export const unsupportedMessage = 'IndexedDB sur SQLite ne connaît pas';

/** The error for whatever this subset of IndexedDB does not do. */
export function unsupported(what: string): DOMException {
  return new DOMException(
    `${unsupportedMessage} « ${what} » : version de matrix-sdk-crypto-wasm non prévue ?`,
    'NotSupportedError',
  );
}

function describe(receiver: unknown): string {
  if (typeof receiver !== 'object' || receiver === null) return 'IDB';
  const prototype: unknown = Object.getPrototypeOf(receiver);
  const maker =
    typeof prototype === 'object' && prototype !== null
      ? Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
      : undefined;
  return typeof maker === 'function' ? maker.name : 'IDB';
}
