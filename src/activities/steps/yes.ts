/** Whether a text ticks a box. */
export const isYes = (value: string): boolean => !['', 'false', '0', 'off', 'no', 'null', 'undefined'].includes(value.trim().toLowerCase());
