// The panel on the right: what to do, how, and what it did.

import { html } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { t } from '../i18n.js';
import { chooseTask } from '../keys.js';
import { Colors } from './panels/colors.js';
import { Heal } from './panels/heal.js';
import { Loans } from './panels/loans.js';
import { Paint } from './panels/paint.js';
import { Result } from './panels/result.js';
import { Settings } from './panels/settings.js';
import { Shape } from './panels/shape.js';
import { Words } from './panels/words.js';

const TASKS = { color: Colors, shape: Shape, heal: Heal, part: Loans, paint: Paint, words: Words };

export function Panel({ state }) {
  const Task = TASKS[state.task];
  const faces = state.session.faces.length > 0;
  const usable = faces || state.task === 'heal';
  return html`<aside class="panel">
    <nav class="tasks" aria-label=${t('tasks')}>${Object.keys(TASKS).map((task) => html`<button type="button" key=${task} class="task"
      data-task=${task} aria-pressed=${state.task === task} disabled=${!faces && task !== 'heal'} onClick=${() => chooseTask(task)}>
      <${Icon} name=${task} size=${20} /><span>${t(`task_${task}`)}</span></button>`)}</nav>
    <div class="panel-body" tabindex="-1">
      ${usable ? html`<${Task} state=${state} />` : html`<p class="hint">${t('noFace')}</p>`}
      <${Settings} state=${state} />
    </div>
    <${Result} state=${state} /></aside>`;
}
