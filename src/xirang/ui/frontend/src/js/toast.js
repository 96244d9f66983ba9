// Short notices. They come from Django's messages in the page, from htmx (HX-Trigger: {"x-toast": …}) and from other modules.
import { icon, make, ready, words } from './core.js';

const STAY = 6000;
const ICONS = { good: 'check-circle-fill', warn: 'exclamation-triangle-fill', bad: 'x-circle-fill' };

// `action` is {title, url} for a link or {title, run} for a button. Bad news stays until somebody closes it.
export function toast(text, kind = 'good', action = null) {
  const host = document.getElementById('x-toasts');
  if (!host) return null;
  const box = make('div', `x-toast${kind === 'good' ? '' : ` is-${kind}`}`);
  box.innerHTML = icon(ICONS[kind] || ICONS.good);
  box.append(make('span', '', text));
  if (action?.url) {
    const link = make('a', '', action.title);
    link.href = action.url;
    box.append(link);
  } else if (action?.run) {
    const button = make('button', 'x-toast-act', action.title);
    button.type = 'button';
    button.addEventListener('click', () => {
      box.remove();
      action.run();
    });
    box.append(button);
  }
  const close = make('button', 'x-toast-close');
  close.type = 'button';
  close.setAttribute('aria-label', words.close);
  close.innerHTML = icon('x-lg', 's');
  box.append(close);
  watch(box, kind === 'bad' || kind === 'warn');
  while (host.children.length > 3) host.firstElementChild.remove();
  host.append(box);
  return box;
}

function watch(box, stay) {
  let timer;
  const leave = () => {
    box.classList.add('is-going');
    setTimeout(() => box.remove(), 250);
  };
  const start = () => {
    if (!stay) timer = setTimeout(leave, STAY);
  };
  box.addEventListener('mouseenter', () => clearTimeout(timer));
  box.addEventListener('mouseleave', start);
  box.addEventListener('focusin', () => clearTimeout(timer));
  box.addEventListener('focusout', start);
  box.querySelector('.x-toast-close')?.addEventListener('click', () => box.remove());
  start();
}

ready('[data-x-toast]', (box) => watch(box, box.hasAttribute('data-x-stay')));
document.addEventListener('x-toast', (event) => {
  const { text, kind, action } = event.detail;
  toast(text, kind, action);
});
