// A photo from the camera: seen like in a mirror, taken as it is.

import { html, useEffect, useRef, useState } from '../../vendor/preact.js';
import { t } from '../i18n.js';
import { openFile } from '../session.js';
import { update } from '../state.js';
import { Button, Dialog } from './controls.js';

const WANTED = { video: { facingMode: 'user', width: { ideal: 1920 }, height: { ideal: 1440 } }, audio: false };

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

// The picture that the video shows, without alpha on its way.
function taken(video) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d', { alpha: false }).drawImage(video, 0, 0);
  return new Promise((done) => canvas.toBlob(done, 'image/png'));
}

export function Camera() {
  const video = useRef();
  const [state, setState] = useState('waiting');
  const close = () => update({ dialog: '' });
  useEffect(() => {
    let stream = null;
    let gone = false;
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    navigator.mediaDevices.getUserMedia(WANTED).then((given) => {
      stream = given;
      if (gone) return stop();
      video.current.srcObject = given;
      return video.current.play().then(() => setState('ready'));
    }).catch(() => setState('refused'));
    return () => {
      gone = true;
      stop();
    };
  }, []);
  const take = async () => {
    const blob = await taken(video.current);
    close();
    openFile(new File([blob], 'camera.png', { type: 'image/png' }));
  };
  return html`<${Dialog} title=${t('camera')} onClose=${close}>
    ${state === 'refused' ? html`<p class="hint">${t('noCamera')}</p>` : html`<video ref=${video} class="camera" muted playsinline></video>
      <${Button} icon="camera" kind="primary wide" disabled=${state !== 'ready'} onClick=${take}>${t('snap')}<//>`}<//>`;
}
