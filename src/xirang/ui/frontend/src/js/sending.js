// What speaks against a file, and how one file travels to the server.
import { csrf, words } from './core.js';

const MEGABYTE = 1048576;
const PATIENCE = 300000; // Milliseconds; a photograph over a village's line may take minutes.

function isOfKind(file, kind) {
  if (kind.startsWith('.')) return file.name.toLowerCase().endsWith(kind);
  if (kind.endsWith('/*')) return file.type.startsWith(kind.slice(0, -1));
  return file.type === kind;
}

// The sentence that says why this file is not taken; '' where it may go. `max` is in bytes, `accept` as in HTML.
export function problemOf(file, max, accept) {
  if (!file.size) return words.fileEmpty;
  if (file.size > max) return words.fileTooBig(Math.floor(max / MEGABYTE));
  const kinds = (accept || '').split(',').map((kind) => kind.trim().toLowerCase());
  if (accept && !kinds.some((kind) => isOfKind(file, kind))) return words.fileKind(kinds.join(' '));
  return '';
}

// The JSON of an answer; a proxy's page of HTML counts as an answer that says nothing.
function readAnswer(request) {
  try {
    return JSON.parse(request.responseText) || {};
  } catch {
    return {};
  }
}

function told(request, on) {
  const answer = readAnswer(request);
  if (request.status < 300 && answer.token) {
    on.done(answer.token);
    return;
  }
  // A refusal stays a refusal; only the server's own trouble is worth another try.
  const worthRetry = request.status >= 500 || request.status === 0;
  on.failed(answer.error?.message || answer.error || words.fileFailed, worthRetry);
}

// Sends one file and returns the request, so that it can be stopped. `on` is told by progress(percent), done(token)
// and failed(sentence, whether another try makes sense).
export function sendFile(file, url, on) {
  const request = new XMLHttpRequest();
  request.upload.addEventListener('progress', (event) => {
    if (event.lengthComputable) on.progress(Math.round((event.loaded / event.total) * 100));
  });
  request.addEventListener('load', () => told(request, on));
  request.addEventListener('error', () => on.failed(words.fileFailed, true));
  request.addEventListener('timeout', () => on.failed(words.fileFailed, true));
  request.open('POST', url);
  request.timeout = PATIENCE;
  request.setRequestHeader('X-CSRFToken', csrf());
  request.setRequestHeader('Accept', 'application/json');
  const data = new FormData();
  data.append('file', file);
  request.send(data);
  return request;
}
