/** What a figure about a collection is called when its step does not say: `orders_sum`. What no name may have becomes `_`. */
export const figureName = (collection: string, operation: string): string => `${collection}_${operation}`.replace(/[^\w$]/g, '_');
