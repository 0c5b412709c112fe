/** Looking at pictures: colours at places, decoded by a browser of our own. */
import type { Page } from 'playwright';

export type Place = { x: number; y: number };

/** Colours [r, g, b] of a JPEG (base64) at places in CSS pixels of a picture that is `width` wide. `page` is any page that is not the job's. */
export async function coloursOf(page: Page, jpeg: string, places: Place[]): Promise<number[][]> {
  return page.evaluate(
    async ({ jpeg: data, places: all }) => {
      const image = new Image();
      image.src = `data:image/jpeg;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const drawing = canvas.getContext('2d');
      drawing?.drawImage(image, 0, 0);
      return all.map(({ x, y }) => [...(drawing?.getImageData(Math.round(x), Math.round(y), 1, 1).data ?? [])].slice(0, 3));
    },
    { jpeg, places },
  );
}

export const isBlack = (colour: number[] | undefined): boolean => colour !== undefined && Math.max(...colour) < 40;
