// The keyboard: what people expect from other editors.

import { applyPaint } from './tools/apply.js';
import { cancel, dropCandidates, showCandidate, takeCandidate } from './edits.js';
import { redo, undo } from './history.js';
import { cancelStroke, keys } from './pointer.js';
import { comparing } from './screen.js';
import { keepSettings, settings, state, update } from './state.js';
import { placeRing, sizeOf } from './tools/cursor.js';
import { fit, pan, zoomAt, zoomTo } from './view.js';
import { draw } from './screen.js';

export const TOOL_KEYS = { v: 'pick', m: 'drag', b: 'brush', e: 'eraser', l: 'lasso', g: 'fill', i: 'eyedropper', h: 'hand' };
const PAINTERS = ['brush', 'eraser', 'lasso', 'fill'];

export function chooseTool(tool) {
  const changes = { tool, toolBefore: tool === 'eyedropper' ? state.tool : null, hovered: '' };
  if (tool === 'drag') changes.task = 'shape';
  if (PAINTERS.includes(tool) && !['heal', 'paint'].includes(state.task)) changes.task = 'heal';
  update(changes);
  draw('photo', 'paint', 'marks');
}

const FIRST = { color: 'pick', shape: 'drag', heal: 'brush', part: 'pick', paint: 'brush', words: 'pick' };

export function chooseTask(task) {
  update({ task, tool: FIRST[task], hovered: '', layer: task === 'heal' ? 'mask' : state.layer });
  draw('photo', 'paint', 'marks');
}

function resizeBrush(factor) {
  const tool = state.tool === 'eraser' ? 'eraser' : 'brush';
  const size = Math.max(1, Math.round(sizeOf(tool) * factor + (factor > 1 ? 1 : -1) * 0.5));
  keepSettings({ sizes: { ...settings.sizes, [tool]: size } });
  placeRing();
}

function harden(change) {
  keepSettings({ hardness: Math.min(1, Math.max(0, Math.round((settings.hardness + change) * 10) / 10)) });
}

function withCommand(event) {
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? redo() : undo();
  if (key === 'y') return redo();
  if (key === '0') return fit();
  if (/^[1-4]$/.test(key)) return zoomTo([1, 2, 4, 8][key - 1]);
  if (key === 's' && state.session) return update({ dialog: 'download' });
  if (key === 'o') return document.querySelector('#file').click();
  return false;
}

function escape() {
  if (cancelStroke()) return null;
  if (state.dialog) return update({ dialog: '' });
  if (state.candidates) return dropCandidates();
  if (state.busy || state.trial || state.changing !== null) return cancel();
  return update({ notice: '', problem: '' });
}

const STEP = 60;
const PLAIN = {
  '[': () => resizeBrush(1 / 1.15), ']': () => resizeBrush(1.15), '{': () => harden(-0.1), '}': () => harden(0.1),
  '+': () => zoomAt(1.25), '=': () => zoomAt(1.25), '-': () => zoomAt(0.8),
  '?': () => update({ dialog: 'help' }), Escape: escape,
  '\\': () => comparing({ hold: true }), '#': () => comparing({ hold: true }),
};
const ON_STAGE = {
  ArrowLeft: () => pan(STEP, 0), ArrowRight: () => pan(-STEP, 0), ArrowUp: () => pan(0, STEP), ArrowDown: () => pan(0, -STEP),
};

function onCandidates(event) {
  const turns = { ArrowLeft: -1, ArrowRight: 1 };
  if (turns[event.key]) return showCandidate(state.candidates.at + turns[event.key]);
  if (event.key === 'Enter' && !event.target.closest('button')) return takeCandidate();
  return false;
}

function plain(event) {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (state.candidates) {
    const done = onCandidates(event);
    if (done !== false) return done;
  }
  if (PLAIN[event.key]) return PLAIN[event.key]();
  if (TOOL_KEYS[letter] && state.session) return chooseTool(TOOL_KEYS[letter]);
  const onStage = event.target.closest?.('.stage');
  if (onStage && ON_STAGE[event.key]) return ON_STAGE[event.key]();
  if (onStage && event.key === 'Enter') return applyPaint();
  return false;
}

function typing(target) {
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === 'INPUT' && !/^(range|checkbox|radio|button|color|file)$/.test(target.type));
}

function down(event) {
  if (typing(event.target) && event.key !== 'Escape') return;
  if (event.code === 'Space' && !event.target.closest('button, input, summary, a, select')) {
    event.preventDefault();
    keys.space = true;
    document.querySelector('.stage')?.classList.add('grab');
    return;
  }
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey && !command) return;
  if (event.target.type === 'range' && /^Arrow/.test(event.key)) return;
  if (event.repeat && event.key === '\\') return;
  const done = command ? withCommand(event) : plain(event);
  if (done !== false) event.preventDefault();
}

function up(event) {
  if (event.code === 'Space') {
    keys.space = false;
    document.querySelector('.stage')?.classList.remove('grab');
  }
  if ((event.key === '\\' || event.key === '#') && state.compare.hold) comparing({ hold: false });
}

export function listenToKeys() {
  window.addEventListener('keydown', down);
  window.addEventListener('keyup', up);
}
