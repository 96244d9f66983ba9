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

function sentence(event, fallback) {
  const text = event.detail.xhr?.responseText || '';
  if (!text.includes('data-x-error')) return fallback;
  const found = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-x-error]');
  return found ? found.textContent.trim().replace(/\s+/g, ' ') : fallback;
}

function failed(event, fallback) {
  const { requestConfig: asked, target } = event.detail;
  const words_ = sentence(event, fallback);
  if (!asked || asked.verb !== 'get' || !target || target === document.body) {
    toast(words_, 'bad');
    return;
  }
  target.querySelector(':scope > .x-failed')?.remove();
  target.removeAttribute('aria-busy');
  const box = make('div', 'x-failed');
  const note = make('div', 'x-alert is-bad');
  note.setAttribute('role', 'alert');
  note.innerHTML = icon('x-circle-fill');
  const line = make('div', '', `${words_} `);
  const again = make('button', 'x-link-button', words.retry);
  again.type = 'button';
  again.addEventListener('click', () => {
    box.remove();
    window.htmx.ajax('GET', asked.path, { source: asked.elt, target });
  });
  line.append(again);
  note.append(line);
  box.append(note);
  if (target.hasAttribute('data-x-drawer')) target.replaceChildren(box);
  else target.prepend(box);
  again.focus();
}

document.addEventListener('htmx:responseError', (event) => {
  const get = event.detail.requestConfig?.verb === 'get';
  failed(event, event.detail.xhr.status === 401 ? words.signedOut : get ? words.failed : words.refused);
});
document.addEventListener('htmx:sendError', (event) => failed(event, event.detail.requestConfig?.verb === 'get' ? words.offline : words.notSaved));
document.addEventListener('htmx:timeout', (event) => failed(event, event.detail.requestConfig?.verb === 'get' ? words.failed : words.slow));
