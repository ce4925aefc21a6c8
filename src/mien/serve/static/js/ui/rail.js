// Tools, one below the other.

import { html } from '../../vendor/preact.js';
import { Icon } from '../icons.js';
import { t } from '../i18n.js';
import { TOOL_KEYS, chooseTool } from '../keys.js';

export function Rail({ state }) {
  return html`<nav class="rail" aria-label=${t('tools')}>
    ${Object.entries(TOOL_KEYS).map(([key, tool]) => html`<button type="button" key=${tool} class="tool" data-tool=${tool}
      aria-pressed=${state.tool === tool} aria-keyshortcuts=${key} aria-label=${t(`tool_${tool}`)} title=${`${t(`tool_${tool}`)} (${key.toUpperCase()})`}
      onClick=${() => chooseTool(tool)}><${Icon} name=${tool} size=${20} /></button>`)}
  </nav>`;
}
