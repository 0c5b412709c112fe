import { fileURLToPath } from 'node:url';

/** the folder of the checkout */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
