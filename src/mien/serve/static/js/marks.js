// What lies above the photo: faces, the part under the pointer, points that can be dragged, the brush's ring.

import { outlineOf } from './parts.js';
import { inPhoto } from './screen.js';
import { state } from './state.js';
import { view } from './view.js';
import { dragMarks } from './tools/drag.js';
import { hasLasso, lassoMark } from './tools/lasso.js';

const showsPart = () => state.hovered && !state.compare.slider && state.tool !== 'drag' && !state.trial && !state.busy;

// Whether there is anything to draw.
export function marked() {
  return Boolean(showsPart() || state.session.faces.length > 1 || state.tool === 'drag' || hasLasso());
}

export function drawMarks(context) {
  inPhoto(context);
  const px = 1 / view.scale;
  if (showsPart()) drawPart(context);
  if (state.session.faces.length > 1) drawFaces(context, px);
  if (state.tool === 'drag') dragMarks(context, px);
  lassoMark(context, px);
}

function drawPart(context) {
  const outline = outlineOf(state.hovered);
  if (!outline) return;
  const { width, height } = state.session.photo;
  context.globalAlpha = Math.min(0.8, (1.6 * outline.width) / (width * view.scale));
  context.drawImage(outline, 0, 0, width, height);
  context.globalAlpha = 1;
}

function drawFaces(context, px) {
  for (const face of state.session.faces) {
    const chosen = face.number === state.face;
    const [x0, y0, x1, y1] = face.box;
    corners(context, face.box, 0.16 * (x1 - x0));
    outlined(context, px, chosen ? 2 : 1);
    label(context, px, `${face.number + 1}`, x0, y0, chosen);
  }
}

// The corners of a box: they cover less of a face than its outline.
function corners(context, [x0, y0, x1, y1], side) {
  context.beginPath();
  for (const [x, y, dx, dy] of [[x0, y0, 1, 1], [x1, y0, -1, 1], [x1, y1, -1, -1], [x0, y1, 1, -1]]) {
    context.moveTo(x + dx * side, y);
    context.lineTo(x, y);
    context.lineTo(x, y + dy * side);
  }
}

// Two lines, dark and light, are seen on any photo.
export function outlined(context, px, width = 1) {
  context.lineWidth = (width + 2) * px;
  context.strokeStyle = 'rgba(0, 0, 0, 0.55)';
  context.stroke();
  context.lineWidth = width * px;
  context.strokeStyle = 'rgba(255, 255, 255, 0.95)';
  context.stroke();
}

function label(context, px, text, x, y, chosen) {
  const size = 18 * px;
  context.fillStyle = chosen ? '#fff' : 'rgba(0, 0, 0, 0.65)';
  context.beginPath();
  context.roundRect(x, y - size - 3 * px, size, size, 4 * px);
  context.fill();
  context.fillStyle = chosen ? '#111' : '#fff';
  context.font = `600 ${12 * px}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + size / 2, y - size / 2 - 3 * px);
}
