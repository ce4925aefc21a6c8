// The page: a bar, tools, the photo, a panel, the steps.

import { html } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { t, told } from '../i18n.js';
import { openFile, replayOn, setExemplar, setGuide } from '../session.js';
import { update } from '../state.js';
import { Bar } from './bar.js';
import { Button } from './controls.js';
import { Dialogs } from './dialogs.js';
import { Panel } from './panel.js';
import { Rail } from './rail.js';
import { Stage } from './stage.js';
import { Start } from './start.js';
import { Steps } from './steps.js';

export function App({ state }) {
  const open = Boolean(state.session && state.catalog);
  return html`<div class=${`app ${open ? 'editing' : 'starting'}`}>
    <${Bar} state=${state} open=${open} />
    ${open
      ? html`<${Rail} state=${state} /><${Stage} state=${state} /><${Panel} state=${state} /><${Steps} />`
      : html`<${Start} state=${state} />`}
    <${Messages} state=${state} />
    ${state.dropping && open && html`<${Drop} state=${state} />`}
    <${Dialogs} state=${state} />
  </div>`;
}

function Messages({ state }) {
  const { problem, notice } = state;
  const away = () => update({ problem: '', notice: '' });
  const { text, lang } = problem ? told(problem) : { text: notice };
  return html`<div class="messages" role="status" aria-live="polite">
    ${(problem || notice) && html`<div class=${`message ${problem ? 'bad' : ''}`}>
      <${Icon} name=${problem ? 'warn' : 'info'} /><span lang=${lang}>${text}</span>
      <${Button} icon="close" kind="plain" label=${t('close')} onClick=${away} /></div>`}</div>`;
}

// Where a file may be dropped while a photo is open.
function Drop({ state }) {
  const places = [['dropPhoto', openFile]];
  if (state.session.faces.length) places.push(['dropExemplar', setExemplar], ['dropGuide', setGuide]);
  if (state.tree.head !== 0) places.push(['dropReplay', replayOn]);
  const take = (handler) => (event) => {
    event.preventDefault();
    event.defaultHandled = true;
    const [file] = event.dataTransfer.files;
    if (file) handler(file);
  };
  return html`<div class="drop">${places.map(([key, handler]) => html`<div class="drop-place" onDrop=${take(handler)}>
    <strong>${t(key)}</strong></div>`)}</div>`;
}
