// Sends wishes to the server: newest wins. A wish goes on top of the step that is shown, or replaces it where both are
// of one kind: so a slider that is moved again gives another result, not one more change on top.

import { ApiError, fromBase64, here, image, quiet } from './api.js';
import { arrived, bodyOf } from './layers.js';
import { attachHead, record } from './history.js';
import { draftWidth, dropDetail, keepPicture, patched, pictureOf, previewSize } from './pictures.js';
import { clearPreview, showWhole } from './preview/preview.js';
import { draw } from './screen.js';
import { options, pathTo, state, stepOf, update } from './state.js';
import { t } from './i18n.js';

const KINDS = { dye: 'color', reshape: 'shape', drag: 'shape', part: 'part', text: 'words' };
const PAINTED = ['sketch', 'semantic', 'color', 'guide', 'attributes'];
const DRAFTED = ['paint', 'heal', 'part', 'look', 'words']; // what the browser cannot preview by itself
let latest = 0;
let running = null;

export function kindOf(recipe) {
  for (const [field, kind] of Object.entries(KINDS)) if (recipe?.[field]) return kind;
  if (recipe?.attributes && !recipe.mode) return 'look';
  if (PAINTED.some((field) => recipe?.[field])) return 'paint';
  return recipe?.mask ? 'heal' : '';
}

// The step on which a wish of this kind builds, and what was wished there so far.
export function groupOf(kind) {
  if (state.changing !== null) {
    const step = stepOf(state.changing);
    if (step && kindOf(step.recipe) === kind) return { base: step.parent, recipe: step.recipe };
  }
  const head = stepOf(state.tree.head);
  const same = head && head.number !== 0 && head.face === state.face && kindOf(head.recipe) === kind;
  return same ? { base: head.parent, recipe: head.recipe } : { base: state.tree.head, recipe: {} };
}

function choices() {
  const chosen = {};
  if (options.seed) chosen.seed = options.seed;
  if (options.strength < 1) chosen.strength = options.strength;
  if (options.identity > 0) chosen.keep_identity = options.identity;
  if (options.protect.length) chosen.protect = options.protect.join(',');
  if (options.skinTone) chosen.skin_tone = true;
  const weights = Object.entries(options.weights).filter(([, weight]) => weight !== 1);
  if (weights.length) chosen.weights = Object.fromEntries(weights);
  return chosen;
}

// wish: fields of an edit, or a function that gives them; layers in it may be unsent. entry: of the history, where a stroke began it.
// Gives the answer; null where a newer edit took its place or it failed (then `state.problem` says why).
export async function run(wish, { kind, entry = null, count = options.count, group = groupOf(kind), extra = {} } = {}) {
  const mine = ++latest;
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const began = performance.now();
  update({ busy: kind, problem: '', notice: '', candidates: null });
  try {
    const fields = typeof wish === 'function' ? await wish() : wish;
    if (!fields) return finish(mine, null);
    let body = { face: state.face, from: group.base, stream: 'main', preview_width: previewSize().width, ...choices(), ...fields, ...extra };
    if (count > 1) body.n = count;
    const path = await pathFor(kind, body);
    if (count === 1 && path === '/edits' && DRAFTED.includes(kind)) body = await drafted(body, signal, began, () => mine === latest);
    if (mine !== latest) return null;
    const answer = await here(path, { ...bodyOf(body), signal });
    const known = arrived(body);
    for (const name of Object.keys(fields)) fields[name] = known[name];
    if (mine !== latest) return null;
    if (count > 1 && answer.candidates.length) await offer(answer, fields, kind, group, entry);
    else await accept(answer, entry, began, fields);
    return finish(mine, answer);
  } catch (error) {
    return fail(mine, error);
  }
}

// Of a photo that is larger than the screen, an edit of what the screen shows comes first: it takes a fraction of the time.
async function drafted(body, signal, began, current) {
  const width = draftWidth();
  if (width >= state.session.photo.width) return body;
  let answer;
  try {
    answer = await here('/edits', { ...bodyOf({ ...body, preview_width: width, keep: false, draft: true }), signal });
  } catch (error) {
    if (quiet(error) || error.code === 'offline') throw error;
    return body; // what is too small for a draft may be large enough for the photo
  }
  const rest = arrived(body);
  const picture = await pictureIn(answer.patch);
  if (!current()) return rest;
  showWhole(await patched(body.from, answer.patch, picture));
  performance.measure('mien:draft', { start: began });
  return rest;
}

// A step that is changed has its place; the server makes the later ones again, up to where the session stands.
async function pathFor(kind, body) {
  const step = state.changing === null ? null : stepOf(state.changing);
  if (!step || kindOf(step.recipe) !== kind) return '/edits';
  delete body.from;
  const { tip, head } = state.tree;
  if (tip !== head && pathTo(tip).includes(step)) await here('/head', { json: { to: tip } });
  return `/steps/${step.number}/change`;
}

function finish(mine, answer) {
  if (mine === latest) update({ busy: '' });
  return answer;
}

function fail(mine, error) {
  if (mine !== latest || quiet(error)) return null;
  clearPreview();
  if (!(error instanceof ApiError)) console.error(error);
  const message = error.code === 'offline' ? t('offline') : error.message;
  update({ busy: '', problem: message });
  return null;
}

// The tree with the new step, as far as it is known before the tree is fetched: the next wish may come sooner.
function withStep(answer, recipe) {
  const { head, parent, step, face } = answer;
  if (!recipe) return { ...state.tree, head, tip: head };
  const steps = state.tree.steps.filter((one) => one.number !== step);
  const words = answer.operations.join(', ');
  return { ...state.tree, head, tip: head, steps: [...steps, { number: step, parent, face, recipe, words }] };
}

const pictureIn = (patch) => image(new Blob([fromBase64(patch.png)], { type: 'image/png' }));

async function accept(answer, entry, began, fields) {
  const { patch } = answer;
  const from = state.tree.head;
  const changed = state.changing !== null;
  if (patch?.png && !changed) {
    const picture = await pictureIn(patch);
    keepPicture(answer.head, await patched(answer.parent, patch, picture));
  } else await pictureOf(answer.head);
  update({ result: answer, tree: withStep(answer, changed ? null : fields), changing: null, drift: null, receipt: null });
  if (entry) attachHead(entry, from, answer.head);
  else record([], { from, to: answer.head });
  clearPreview();
  dropDetail();
  draw('photo', 'paint', 'marks');
  performance.measure('mien:edit', { start: began });
  loadTree();
}

// Several results: they are looked at on the photo before one is taken.
async function offer(answer, wish, kind, group, entry) {
  const list = await Promise.all(answer.candidates.map(async (one) => {
    const picture = await pictureIn(one.patch);
    const canvas = await patched(group.base, one.patch, picture);
    return { ...one, canvas };
  }));
  update({ candidates: { list, wish, kind, group, entry, at: 0 }, result: { ...answer, ...answer.candidates[0] } });
  showWhole(list[0].canvas);
}

export function showCandidate(at) {
  const { candidates } = state;
  const number = (at + candidates.list.length) % candidates.list.length;
  showWhole(candidates.list[number].canvas);
  update({ candidates: { ...candidates, at: number }, result: { ...state.result, ...candidates.list[number] } });
}

export async function takeCandidate() {
  const { list, wish, kind, group, entry, at } = state.candidates;
  update({ candidates: null });
  await run(wish, { kind, group, entry, count: 1, extra: { seed: list[at].seed } });
}

export function dropCandidates() {
  update({ candidates: null });
  clearPreview();
}

// Ends what runs. The server may have finished meanwhile, so the tree is set back to what is shown.
export async function cancel() {
  latest += 1;
  running?.abort();
  clearPreview();
  update({ busy: '', candidates: null, changing: null });
  await loadTree();
  await here('/head', { json: { to: state.tree.head } }).catch(() => {});
}

export async function loadTree() {
  const { head } = state.tree;
  const tree = await here('/tree').catch((error) => update({ problem: error.message }));
  if (!tree || state.tree.head !== head) return;
  update({ tree: { ...tree, head } });
  draw('marks');
}

// Shows a step. Edits from here on begin a branch.
export async function goTo(step) {
  latest += 1;
  running?.abort();
  const picture = pictureOf(step);
  update({ tree: { ...state.tree, head: step }, busy: '', candidates: null, result: null, drift: null, receipt: null });
  await picture;
  clearPreview();
  dropDetail();
  draw('photo', 'paint', 'marks');
  try {
    await here('/head', { json: { to: step } });
  } catch (error) {
    update({ problem: error.message });
  }
  if (pathTo(step).length || step === 0) return;
  await loadTree();
}

// The same, as something that can be undone.
export async function visit(step) {
  const from = state.tree.head;
  if (step === from) return;
  record([], { from, to: step });
  await goTo(step);
}
