// Moves pixels in the browser: what a reshape or a drag will look like, before the server's result is there.

import { fromBase64 } from '../api.js';

// The server's answer of /field, with arrays of numbers.
export function readField(answer) {
  const attributes = {};
  for (const [name, text] of Object.entries(answer.attributes)) {
    attributes[name] = new Int16Array(fromBase64(text).buffer);
  }
  return { ...answer, weight: fromBase64(answer.weight), attributes };
}

// Offsets from a place of the result to its source in the photo, (dx, dy) for each cell, in photo pixels.
export function offsets(field, strengths, drags) {
  const { columns, rows, scale, weight } = field;
  const sum = new Float32Array(columns * rows * 2);
  for (const [name, strength] of Object.entries(strengths)) {
    const steps = field.attributes[name];
    if (!steps || !strength) continue;
    for (let i = 0; i < sum.length; i++) sum[i] += strength * scale * steps[i];
  }
  for (const drag of drags) addDrag(field, sum, weight, drag);
  return sum;
}

function addDrag(field, sum, weight, [ax, ay, bx, by]) {
  const { columns, rows, box: [x0, y0, x1, y1], drag: { sigma } } = field;
  for (let row = 0; row < rows; row++) {
    const y = y0 + ((row + 0.5) * (y1 - y0)) / rows;
    for (let column = 0; column < columns; column++) {
      const x = x0 + ((column + 0.5) * (x1 - x0)) / columns;
      const far = (x - bx) ** 2 + (y - by) ** 2;
      const i = row * columns + column;
      const share = (weight[i] / 255) * Math.exp(-far / (2 * sigma * sigma));
      sum[2 * i] -= (bx - ax) * share;
      sum[2 * i + 1] -= (by - ay) * share;
    }
  }
}

// The offset at one point of the photo.
export function offsetAt(field, sum, x, y) {
  const { columns, rows, box: [x0, y0, x1, y1] } = field;
  if (x < x0 || y < y0 || x > x1 || y > y1) return { x: 0, y: 0 };
  const column = Math.min(columns - 1, Math.floor(((x - x0) / (x1 - x0)) * columns));
  const row = Math.min(rows - 1, Math.floor(((y - y0) / (y1 - y0)) * rows));
  const i = 2 * (row * columns + column);
  return { x: sum[i], y: sum[i + 1] };
}

// Offsets of one row of the output, between the cells of the grid.
function rowOffsets(field, sum, y, line) {
  const { columns, rows, box } = field;
  const at = Math.min(rows - 1, Math.max(0, ((y - box[1]) / (box[3] - box[1])) * rows - 0.5));
  const first = Math.min(rows - 2, Math.floor(at));
  const share = at - first;
  const start = first * columns * 2;
  const next = start + columns * 2;
  for (let i = 0; i < columns * 2; i++) line[i] = sum[start + i] * (1 - share) + sum[next + i] * share;
}

// source: {data, width, height, box} around the output's box. Gives ImageData of the output.
export function warp(field, sum, source, box, width, height) {
  const output = new ImageData(width, height);
  const line = new Float32Array(field.columns * 2);
  const stepX = (box[2] - box[0]) / width;
  const stepY = (box[3] - box[1]) / height;
  for (let row = 0; row < height; row++) {
    const y = box[1] + (row + 0.5) * stepY;
    rowOffsets(field, sum, y, line);
    warpRow(field, line, source, output, row, { y, x: box[0], stepX });
  }
  return output;
}

function warpRow(field, line, source, output, row, { y, x: left, stepX }) {
  const { columns, box } = field;
  const { data, width, height, box: from } = source;
  const shareX = width / (from[2] - from[0]);
  const shareY = height / (from[3] - from[1]);
  const cell = columns / (box[2] - box[0]);
  const into = output.data;
  for (let column = 0, k = row * output.width * 4; column < output.width; column++, k += 4) {
    const x = left + (column + 0.5) * stepX;
    const at = Math.min(columns - 1.001, Math.max(0, (x - box[0]) * cell - 0.5));
    const i = 2 * (at | 0);
    const part = at - (at | 0);
    const dx = line[i] + (line[i + 2] - line[i]) * part;
    const dy = line[i + 1] + (line[i + 3] - line[i + 1]) * part;
    const sx = Math.min(width - 1.001, Math.max(0, (x + dx - from[0]) * shareX - 0.5));
    const sy = Math.min(height - 1.001, Math.max(0, (y + dy - from[1]) * shareY - 0.5));
    const fx = sx - (sx | 0);
    const fy = sy - (sy | 0);
    const a = ((sy | 0) * width + (sx | 0)) * 4;
    const b = a + width * 4;
    for (let c = 0; c < 3; c++) {
      const top = data[a + c] + (data[a + 4 + c] - data[a + c]) * fx;
      const low = data[b + c] + (data[b + 4 + c] - data[b + c]) * fx;
      into[k + c] = top + (low - top) * fy + 0.5;
    }
    into[k + 3] = 255;
  }
}
