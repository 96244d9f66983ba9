// Short notices. They come from Django's messages in the page, from htmx (HX-Trigger: {"x-toast": …}) and
// from other modules.
import { icon, make, ready, words } from './core.js';

const STAY = 6000; // Milliseconds.
const MOST = 3; // Beside the new one.
const ICONS = { good: 'check-circle-fill', warn: 'exclamation-triangle-fill', bad: 'x-circle-fill' };

function linkTo({ title, url }) {
  const link = make('a', '', title);
  link.href = url;
  return link;
}

function buttonFor({ title, run }, box) {
  const button = make('button', 'x-toast-act', title);
  button.type = 'button';
  button.addEventListener('click', () => {
    box.remove();
    run();
  });
  return button;
}

function closeButton() {
  const close = make('button', 'x-toast-close');
  close.type = 'button';
  close.setAttribute('aria-label', words.close);
  close.innerHTML = icon('x-lg', 's');
  return close;
}

function boxOf(text, kind, action) {
  const box = make('div', kind === 'good' ? 'x-toast' : `x-toast is-${kind}`);
  box.innerHTML = icon(ICONS[kind] || ICONS.good);
  box.append(make('span', '', text));
  if (action?.url) box.append(linkTo(action));
  else if (action?.run) box.append(buttonFor(action, box));
  box.append(closeButton());
  return box;
}

// `action` is {title, url} for a link or {title, run} for a button. Bad news stays until somebody closes it.
export function toast(text, kind = 'good', action = null) {
  const host = document.getElementById('x-toasts');
  if (!host) return null;
  const box = boxOf(text, kind, action);
  watch(box, kind === 'bad' || kind === 'warn');
  while (host.children.length > MOST) host.firstElementChild.remove();
  host.append(box);
  return box;
}

// Takes the notice away after a while, unless it stays or somebody reads it just now.
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
