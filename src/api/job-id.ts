import { randomBytes } from 'node:crypto';

/** Crockford's base32, without i, l, o, u: what is typed off a screen stays what it was. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** `j-` and 12 characters (60 bits). */
export const newJobId = (): string => `j-${Array.from(randomBytes(12), (byte) => letters[byte % 32]).join('')}`;
