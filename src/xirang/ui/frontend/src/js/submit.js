// One press, one submission: the button waits visibly, and is back when the page is shown again.
import { words } from './core.js';
import { toast } from './toast.js';

const waiting = new Map();

function hold(form, button) {
  form.dataset.xSent = '1';
  if (!button) return;
  waiting.set(button, [...button.childNodes]);
  const spin = document.createElement('span');
  spin.className = 'x-spin';
  spin.setAttribute('aria-hidden', 'true');
  const text = button.getAttribute('aria-label') ? '' : button.dataset.xBusy || button.textContent.trim();
  button.replaceChildren(spin, text);
  button.setAttribute('aria-busy', 'true');
  // The name of a disabled button is not sent, so it is disabled only after the browser has read the form.
  setTimeout(() => {
    button.disabled = true;
  }, 0);
}

export function release(form) {
  delete form.dataset.xSent;
  for (const [button, nodes] of waiting) {
    if (button.form && button.form !== form) continue;
    button.replaceChildren(...nodes);
    button.removeAttribute('aria-busy');
    setTimeout(() => {
      button.disabled = false;
    }, 0);
    waiting.delete(button);
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const method = (event.submitter?.getAttribute('formmethod') || form.method || 'get').toLowerCase();
  if (event.defaultPrevented || method !== 'post' || form.method === 'dialog') return;
  if (form.dataset.xSent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (navigator.onLine === false) {
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(words.notSaved, 'bad');
    return;
  }
  hold(form, event.submitter);
  // A download leaves the page where it is; nothing else would ever give the button back.
  if (form.hasAttribute('data-x-download')) setTimeout(() => release(form), 3000);
});
document.addEventListener('htmx:afterRequest', (event) => {
  const form = event.detail.elt?.closest?.('form');
  if (form?.dataset.xSent) release(form);
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-x-sent]')) release(form);
});
