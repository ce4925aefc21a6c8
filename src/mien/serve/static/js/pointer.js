// Mouse, pen and touch on the stage: what goes to a tool, what moves the view.

import { brush, eraser } from './tools/brush.js';
import { placeRing, pointer } from './tools/cursor.js';
import { drag } from './tools/drag.js';
import { lasso } from './tools/lasso.js';
import { eyedropper, fill, pick } from './tools/pick.js';
import { state } from './state.js';
import { onView, pan, toPhoto, zoomAt } from './view.js';
import { hoverPart } from './parts.js';

const hand = {};
export const TOOLS = { pick, drag, brush, eraser, lasso, fill, eyedropper, hand };
const PAINTING = ['brush', 'eraser', 'lasso', 'fill'];

const touches = new Map();
let active = null; // {tool, id} while a pointer is down
let panning = null; // {id, x, y}
let pinch = null;
export const keys = { space: false };

let stage = null;

function place(event) {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

function point(event) {
  const { x, y } = place(event);
  const at = toPhoto(x, y);
  return [at.x, at.y, event.pointerType === 'pen' ? event.pressure : 0.5];
}

function toolFor(event) {
  if (event.altKey && state.tool === 'brush') return eyedropper;
  return TOOLS[state.tool];
}

// The right button, and the other end of a pen, erase.
function erases(event) {
  return PAINTING.includes(state.tool) && (event.button === 2 || event.button === 5);
}

function down(event) {
  if (!state.session) return;
  stage.focus({ preventScroll: true });
  stage.setPointerCapture(event.pointerId);
  if (event.pointerType === 'touch') touches.set(event.pointerId, place(event));
  if (touches.size === 2) return startPinch();
  if (touches.size > 2) return;
  if (event.button === 1 || keys.space || state.tool === 'hand') {
    panning = { id: event.pointerId, ...place(event) };
    stage.classList.add('panning');
    return;
  }
  const erasing = erases(event);
  if (event.button !== 0 && !erasing) return;
  const tool = toolFor(event);
  active = { tool, id: event.pointerId };
  const { shiftKey, altKey, pointerType } = event;
  tool.down?.(point(event), { shiftKey, altKey, pointerType, erasing });
}

function startPinch() {
  active?.tool.cancel?.();
  active = null;
  panning = null;
  const [a, b] = [...touches.values()];
  pinch = { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function movePinch() {
  const [a, b] = [...touches.values()];
  const next = { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  pan(next.x - pinch.x, next.y - pinch.y);
  if (pinch.far > 0) zoomAt(next.far / pinch.far, next.x, next.y);
  pinch = next;
}

// Events of a pen or mouse as they come, not once in a frame (browsers have them on loopback and over TLS): ink is drawn
// at once, and the next frame shows it.
function moveRaw(event) {
  if (active?.id !== event.pointerId || !active.tool.raw || pinch || panning) return;
  active.raw = true;
  const [x, y] = point(event);
  Object.assign(pointer, { x, y, inside: true, kind: event.pointerType });
  draw(event);
  placeRing();
}

function draw(event) {
  const events = event.getCoalescedEvents?.() ?? [];
  active.tool.move?.((events.length ? events : [event]).map(point));
}

function move(event) {
  if (!state.session) return;
  if (touches.has(event.pointerId)) touches.set(event.pointerId, place(event));
  if (pinch) return touches.size === 2 && movePinch();
  if (panning?.id === event.pointerId) {
    const next = place(event);
    pan(next.x - panning.x, next.y - panning.y);
    Object.assign(panning, next);
    return;
  }
  const [x, y] = point(event);
  Object.assign(pointer, { x, y, inside: true, kind: event.pointerType });
  if (active?.id === event.pointerId) {
    if (active.raw) return;
    draw(event);
  } else TOOLS[state.tool].hover?.([x, y]);
  placeRing();
}

function up(event) {
  touches.delete(event.pointerId);
  if (pinch) {
    if (touches.size === 0) pinch = null;
    return;
  }
  if (panning?.id === event.pointerId) {
    panning = null;
    stage.classList.remove('panning');
  }
  if (active?.id !== event.pointerId) return;
  const { tool } = active;
  active = null;
  if (event.type === 'pointercancel') tool.cancel?.();
  else tool.up?.();
}

export function cancelStroke() {
  if (!active) return false;
  active.tool.cancel?.();
  active = null;
  return true;
}

function wheel(event) {
  event.preventDefault();
  if (!state.session) return;
  const lines = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey) return pan(-(event.deltaX || event.deltaY) * lines, 0);
  const { x, y } = place(event);
  const speed = event.ctrlKey ? 0.99 : 0.9985;
  return zoomAt(speed ** (event.deltaY * lines), x, y);
}

function leave() {
  pointer.inside = false;
  hoverPart('');
  placeRing();
}

export function listenTo(element) {
  stage = element;
  const options = { passive: false };
  onView(placeRing);
  stage.addEventListener('pointerdown', down);
  stage.addEventListener('pointermove', move);
  stage.addEventListener('pointerrawupdate', moveRaw);
  stage.addEventListener('pointerup', up);
  stage.addEventListener('pointercancel', up);
  stage.addEventListener('pointerleave', leave);
  stage.addEventListener('wheel', wheel, options);
  stage.addEventListener('contextmenu', (event) => event.preventDefault());
  window.addEventListener('blur', () => Object.assign(keys, { space: false }));
}
