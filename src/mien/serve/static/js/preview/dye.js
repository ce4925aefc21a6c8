// Dyes in the browser: the server's table of colours, mixed in by its matte.

const NODES = 17;

// matte: {data, width, height, box} where box holds all that is above 0, in pixels of the matte.
export function matteOf(gray, width, height) {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!gray[i]) continue;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      if (y >= y1) y1 = y + 1;
    }
  }
  return { data: gray, width, height, box: x1 > x0 ? [x0, y0, x1, y1] : [0, 0, 0, 0] };
}

// pixels: ImageData of some box of the photo, changed in place: opaque where dyed, else transparent.
// matte: bytes of the same size. table: 17 * 17 * 17 * 3 bytes, red fastest.
export function dye(pixels, matte, table, strength = 1) {
  const { data } = pixels;
  const weight = strength / 255;
  for (let i = 0, k = 0; i < matte.length; i++, k += 4) {
    if (!matte[i]) {
      data[k + 3] = 0;
      continue;
    }
    mix(data, k, table, matte[i] * weight);
  }
  return pixels;
}

const RED = 3;
const GREEN = 3 * NODES;
const BLUE = 3 * NODES * NODES;
const share = 16 / 255;

function mix(data, k, table, weight) {
  const r = data[k] * share;
  const g = data[k + 1] * share;
  const b = data[k + 2] * share;
  const r0 = Math.min(15, r | 0);
  const g0 = Math.min(15, g | 0);
  const b0 = Math.min(15, b | 0);
  const fr = r - r0;
  const fg = g - g0;
  const fb = b - b0;
  const at = r0 * RED + g0 * GREEN + b0 * BLUE;
  for (let c = 0; c < 3; c++) {
    const i = at + c;
    const near = line(table, i, fr) * (1 - fg) + line(table, i + GREEN, fr) * fg;
    const far = line(table, i + BLUE, fr) * (1 - fg) + line(table, i + BLUE + GREEN, fr) * fg;
    const value = near * (1 - fb) + far * fb;
    data[k + c] += (value - data[k + c]) * weight;
  }
}

const line = (table, i, part) => table[i] * (1 - part) + table[i + RED] * part;

// Bytes of a matte inside a box of the photo, at another size (nearest neighbour).
export function matteIn(matte, box, photo, width, height) {
  const into = new Uint8Array(width * height);
  const share = matte.width / photo.width;
  const columns = Int32Array.from({ length: width }, (_, i) =>
    Math.min(matte.width - 1, Math.floor((box[0] + ((i + 0.5) * (box[2] - box[0])) / width) * share)));
  for (let y = 0, k = 0; y < height; y++) {
    const row = Math.min(matte.height - 1, Math.floor((box[1] + ((y + 0.5) * (box[3] - box[1])) / height) * share));
    for (let x = 0; x < width; x++) into[k++] = matte.data[row * matte.width + columns[x]];
  }
  return into;
}
