// The photo with all that is drawn over it.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { dropCandidates, showCandidate, takeCandidate, cancel } from '../edits.js';
import { named, t } from '../i18n.js';
import { listenTo } from '../pointer.js';
import { attach, comparing } from '../screen.js';
import { update } from '../state.js';
import { onView, toScreen } from '../view.js';
import { Button } from './controls.js';

export function Stage({ state }) {
  const element = useRef();
  useEffect(() => {
    attach(element.current);
    listenTo(element.current);
  }, []);
  return html`<main class="work">
    <div ref=${element} class=${`stage tool-${state.tool}`} role="application" aria-label=${t('stage')} tabindex="0">
      <canvas class="photo"></canvas><canvas class="paint"></canvas><canvas class="ink"></canvas><canvas class="marks"></canvas><div class="ring" aria-hidden="true"></div>
    </div>
    ${state.hovered && ['pick', 'fill'].includes(state.tool) && html`<div class="tag" aria-hidden="true">${named(state.hovered)}</div>`}
    ${state.compare.slider && html`<${Border} state=${state} />`}
    ${state.changing !== null && html`<div class="banner">${t('changingStep', { n: state.changing })}
      <${Button} kind="small" onClick=${() => update({ changing: null })}>${t('cancel')}<//></div>`}
    ${state.busy && html`<${Busy} />`}
    ${state.candidates && html`<${Candidates} state=${state} />`}
  </main>`;
}

const PATIENCE = 500; // milliseconds; what turns takes time in every frame, just when the result is made

function Busy() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return html`<div class="busy"><span class="spinner" aria-hidden="true"></span>${t('working')}
    <${Button} icon="close" kind="plain" label=${t('cancel')} onClick=${cancel} /></div>`;
}

// The line between before and after; dragged, or moved by keys.
function Border({ state }) {
  const element = useRef();
  const place = () => {
    if (!element.current || !state.session) return;
    const { x } = toScreen(state.session.photo.width * state.compare.at, 0);
    element.current.style.transform = `translateX(${x}px)`;
  };
  const set = (at) => {
    comparing({ at: Math.min(1, Math.max(0, at)) });
    update({});
  };
  const drag = (event) => {
    if (!event.buttons) return;
    const left = event.currentTarget.parentElement.getBoundingClientRect().left;
    const from = toScreen(0, 0).x;
    const to = toScreen(state.session.photo.width, 0).x;
    set((event.clientX - left - from) / (to - from));
  };
  const keys = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 };
  const key = (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    set(state.compare.at + keys[event.key]);
  };
  useEffect(() => onView(place), []);
  useEffect(place);
  return html`<div ref=${element} class="border" role="slider" tabindex="0" aria-label=${t('compareAt')} aria-valuemin="0" aria-valuemax="100"
    aria-valuenow=${Math.round(state.compare.at * 100)} onKeyDown=${key} onPointerMove=${drag}
    onPointerDown=${(event) => event.currentTarget.setPointerCapture(event.pointerId)}><span><${Icon} name="compare" /></span></div>`;
}

function Candidates({ state }) {
  const { list, at } = state.candidates;
  return html`<div class="candidates" role="group" aria-label=${t('candidates')}>
    ${list.map((one, i) => html`<button type="button" class="candidate" key=${one.seed} aria-pressed=${i === at} aria-label=${t('candidate', { n: i + 1 })}
      onClick=${() => showCandidate(i)}><${Small} canvas=${one.canvas} state=${state} /><span>${i + 1}</span></button>`)}
    <div class="column"><${Button} kind="primary" onClick=${takeCandidate}>${t('take')}<//>
      <${Button} kind="small" onClick=${dropCandidates}>${t('cancel')}<//></div></div>`;
}

// The face in a candidate.
function Small({ canvas, state }) {
  const element = useRef();
  useEffect(() => {
    const face = state.session.faces[state.face];
    const share = canvas.width / state.session.photo.width;
    const [x0, y0, x1, y1] = (face?.box ?? [0, 0, state.session.photo.width, state.session.photo.height]).map((value) => value * share);
    const side = Math.max(x1 - x0, y1 - y0) * (face ? 1.3 : 1);
    const context = element.current.getContext('2d');
    context.drawImage(canvas, (x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side, side, 0, 0, 144, 144);
  }, [canvas]);
  return html`<canvas ref=${element} width="144" height="144"></canvas>`;
}
