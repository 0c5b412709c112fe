/** Text of a recording means itself: braces in it are no template. */
export const literal = (text: string): string => (text.includes('{{') ? `{{ ${JSON.stringify(text)} }}` : text);

/** In JavaScript the same is said with a space between the braces. */
export const literalScript = (script: string): string => script.replace(/\{(?=\{)/g, '{ ');
