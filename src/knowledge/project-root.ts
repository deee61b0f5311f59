import { fileURLToPath } from 'node:url';

/** The folder that holds intents/ and knowledge/ as shipped, with a slash at its end. */
export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
