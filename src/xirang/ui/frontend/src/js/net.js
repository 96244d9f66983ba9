// htmx's requests: the CSRF header, the thin line while waiting, and an honest sentence when one fails.
import { csrf, icon, make, words } from './core.js';
import { toast } from './toast.js';

let waiting = 0;
let timer;
const sweep = (busy) => document.getElementById('x-sweep')?.classList.toggle('is-busy', busy);

document.addEventListener('htmx:configRequest', (event) => {
  if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = csrf();
});
document.addEventListener('htmx:beforeRequest', () => {
  waiting += 1;
  clearTimeout(timer);
  // An answer within a blink needs no line.
  timer = setTimeout(() => sweep(waiting > 0), 200);
});
document.addEventListener('htmx:afterRequest', () => {
  waiting = Math.max(0, waiting - 1);
  if (!waiting) {
    clearTimeout(timer);
    sweep(false);
  }
});

// What the server's own error page says; the fallback where it says nothing.
function sentence(event, fallback) {
  const text = event.detail.xhr?.responseText || '';
  if (!text.includes('data-x-error')) return fallback;
  const found = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-x-error]');
  return found ? found.textContent.trim().replace(/\s+/g, ' ') : fallback;
}

const isRead = (event) => event.detail.requestConfig?.verb === 'get';

function retryButton() {
  const button = make('button', 'x-link-button', words.retry);
  button.type = 'button';
  return button;
}

function failureBox(text, retry) {
  const box = make('div', 'x-failed');
  const note = make('div', 'x-alert is-bad');
  note.setAttribute('role', 'alert');
  note.innerHTML = icon('x-circle-fill');
  const line = make('div', '', `${text} `);
  line.append(retry);
  note.append(line);
  box.append(note);
  return box;
}

// A place that could not be filled says so itself and can be tried again.
function sayInPlace(target, text, asked) {
  target.querySelector(':scope > .x-failed')?.remove();
  target.removeAttribute('aria-busy');
  const retry = retryButton();
  const box = failureBox(text, retry);
  retry.addEventListener('click', () => {
    box.remove();
    window.htmx.ajax('GET', asked.path, { source: asked.elt, target });
  });
  if (target.hasAttribute('data-x-drawer')) target.replaceChildren(box);
  else target.prepend(box);
  retry.focus();
}

function failed(event, fallback) {
  const { requestConfig: asked, target } = event.detail;
  const text = sentence(event, fallback);
  if (isRead(event) && target && target !== document.body) sayInPlace(target, text, asked);
  else toast(text, 'bad');
}

function refused(event) {
  if (event.detail.xhr.status === 401) failed(event, words.signedOut);
  else failed(event, isRead(event) ? words.failed : words.refused);
}

document.addEventListener('htmx:responseError', refused);
document.addEventListener('htmx:sendError', (event) => failed(event, isRead(event) ? words.offline : words.notSaved));
document.addEventListener('htmx:timeout', (event) => failed(event, isRead(event) ? words.failed : words.slow));
