/** `npm run generate` */
import { generate } from './generated.js';

await generate();
