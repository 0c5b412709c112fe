/** Reading data that has not been validated yet. */
export type RawMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is RawMap => typeof value === 'object' && value !== null && !Array.isArray(value);
export const asMap = (value: unknown): RawMap => (isMap(value) ? value : {});
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const has = (map: RawMap, key: string): boolean => Object.hasOwn(map, key) && map[key] !== null && map[key] !== undefined;
