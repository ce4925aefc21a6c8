// Talks with the server; see docs/api.md. Every failure is an ApiError with a sentence for people.

import { state } from './state.js';

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function quiet(error) {
  return error.name === 'AbortError' || error.code === 'superseded' || error.code === 'cancelled';
}

async function failure(answer) {
  try {
    const { error } = await answer.json();
    return new ApiError(answer.status, error.code, error.message);
  } catch {
    return new ApiError(answer.status, 'internal', `${answer.status} ${answer.statusText}`);
  }
}

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// A full queue is tried again as the server asks, three times.
async function send(path, request, tries = 3) {
  let answer;
  try {
    answer = await fetch(path, request);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', 'offline');
  }
  if (answer.ok) return answer;
  if (answer.status === 429 && tries > 0) {
    await pause(Math.min(10, Number(answer.headers.get('Retry-After')) || 1));
    return send(path, request, tries - 1);
  }
  throw await failure(answer);
}

function shape({ method, json, body, type, headers = {}, signal }) {
  const request = { method: method ?? (json || body ? 'POST' : 'GET'), headers: { ...headers }, signal };
  if (json) {
    request.body = JSON.stringify(json);
    request.headers['Content-Type'] = 'application/json';
  } else if (body) {
    request.body = body;
    if (type) request.headers['Content-Type'] = type;
  }
  return request;
}

export async function call(path, details = {}) {
  const answer = await send(path, shape(details));
  if (details.as === 'answer') return answer;
  if (details.as === 'blob') return answer.blob();
  if (details.as === 'bytes') return new Uint8Array(await answer.arrayBuffer());
  return answer.status === 204 ? null : answer.json();
}

// The same, below the session that is open.
export function here(path, details = {}) {
  const { id, key } = state.session;
  const headers = { 'X-Mien-Key': key, ...details.headers };
  return call(`/api/sessions/${id}${path}`, { ...details, headers });
}

// An address for places that cannot send headers, such as <img>.
export function address(path, values = {}) {
  const { id, key } = state.session;
  return `/api/sessions/${id}${path}?${query({ ...values, key })}`;
}

export function query(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined)).toString();
}

const TYPES = {
  jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', tif: 'image/tiff', tiff: 'image/tiff',
  bmp: 'image/bmp', heic: 'image/heic', heif: 'image/heif', avif: 'image/avif',
};

export function typeOf(file) {
  const ending = (file.name ?? '').split('.').pop().toLowerCase();
  return Object.values(TYPES).includes(file.type) ? file.type : TYPES[ending] ?? 'application/octet-stream';
}

export async function image(blob) {
  return createImageBitmap(blob, { premultiplyAlpha: 'default', colorSpaceConversion: 'none' });
}

export async function imageHere(path, values, signal) {
  return image(await here(`${path}?${query(values)}`, { as: 'blob', signal }));
}

export function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
