/** What is said of an element that may have been meant. `called`: quoted already. */
export const alikeWords = (called: string): string => `Looks like it: ${called}`;
