import { type IdentityTools, isDeviceSigned } from './establish-identity.ts';

/**
 * Somebody who resets the account's identity from another client leaves this device unsigned: the returned check logs
 * that once, when it sees it. It looks at the devices only when some were read anew since it last did.
 */
export function createIdentityWatch(tools: IdentityTools, countDeviceReadings: () => number) {
  let checkedReadings = 0;
  // prepareAccount, which has just run, signs the device.
  let wasSigned = true;

  return async function watchIdentity(): Promise<void> {
    const readings = countDeviceReadings();
    if (checkedReadings === readings) return;
    checkedReadings = readings;
    const signed = await isDeviceSigned(tools);
    if (wasSigned && !signed) {
      tools.log.error(
        'L’identité de chiffrement du compte a été remplacée depuis un autre client : l’appareil de l’assistant n’est plus certifié, et Tchap peut masquer ses messages. Mettez la nouvelle clé de récupération dans RECOVERY_KEY, puis relancez l’assistant.',
      );
    }
    wasSigned = signed;
  };
}
