// 为什么…: floats where it covers no working-day ruler; where there is no such place it stays in the flow.
import { isPhone, ready } from './core.js';

const GAP = 8;
let current = null;

const crosses = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

const rectOf = (selector) => document.querySelector(selector)?.getBoundingClientRect();

// Where the panel may float, the best place first: {left, top, width} in pixels of the window.
function wishes(why) {
  const summary = why.querySelector('summary').getBoundingClientRect();
  const width = Math.min(428, window.innerWidth - 24);
  const top = (rectOf('.x-top, .x-pub-head')?.bottom || 0) + GAP;
  const below = Math.max(summary.bottom + 4, top);
  const left = Math.min(summary.left, window.innerWidth - width - 12);
  const found = [
    { left, top: below, width },
    { left: Math.max(12, summary.right - width), top: below, width },
  ];
  const drawer = why.closest('.x-drawer')?.getBoundingClientRect();
  if (drawer) found.unshift({ left: drawer.left - width - GAP, top: Math.max(top, summary.top - 40), width });
  const side = rectOf('.x-columns > :nth-child(2), .x-pub-columns > :nth-child(2)');
  if (side && side.width >= 300 && side.left > 400) found.push({ left: side.left, top, width: side.width });
  const corner = { left: window.innerWidth - width - 16, top: window.innerHeight - 340, width };
  return [...found, { left: window.innerWidth - 364, top, width: 348 }, corner];
}

// The same places with what the panel would cover there; those outside of the window are left out.
function places(why, panel) {
  const inside = wishes(why).filter((place) => place.left >= 8 && place.top < window.innerHeight - 160);
  return inside.map((place) => {
    panel.style.width = `${place.width}px`;
    const height = Math.min(panel.scrollHeight, window.innerHeight - place.top - GAP);
    return { ...place, right: place.left + place.width, bottom: place.top + height, height };
  });
}

function put(why) {
  const panel = why.querySelector('.x-why-panel');
  panel.classList.add('is-floating');
  panel.classList.remove('is-inline');
  if (isPhone()) {
    panel.removeAttribute('style');
    return;
  }
  panel.style.maxHeight = 'none';
  const rulers = [...document.querySelectorAll('[data-x-keep-clear]')]
    .map((ruler) => ruler.getBoundingClientRect())
    .filter((rect) => rect.height);
  const free = places(why, panel).find((place) => !rulers.some((rect) => crosses(place, rect)));
  panel.removeAttribute('style');
  if (!free) {
    panel.classList.remove('is-floating');
    panel.classList.add('is-inline');
    return;
  }
  Object.assign(panel.style, {
    left: `${free.left}px`,
    top: `${free.top}px`,
    width: `${free.width}px`,
    maxHeight: `${free.height}px`,
  });
}

export function closeWhy() {
  if (!current) return false;
  const summary = current.querySelector('summary');
  const inside = current.contains(document.activeElement);
  current.open = false;
  if (inside) summary.focus();
  return true;
}

ready('details[data-x-why]', (why) => {
  why.addEventListener('toggle', () => {
    if (!why.open) {
      if (current === why) current = null;
      return;
    }
    if (current && current !== why) current.open = false;
    current = why;
    put(why);
  });
  why.querySelector('[data-x-why-close]').addEventListener('click', () => {
    why.open = false;
    why.querySelector('summary').focus();
  });
});
document.addEventListener('click', (event) => {
  if (current && !current.contains(event.target)) current.open = false;
});
let frame = 0;
const again = (event) => {
  // Scrolling inside the panel is reading, not moving the page.
  if (!current || frame || (event.target.closest && event.target.closest('.x-why-panel'))) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    if (current) put(current);
  });
};
window.addEventListener('resize', again);
document.addEventListener('scroll', again, { capture: true, passive: true });

// On paper every reason stands open.
window.addEventListener('beforeprint', () => {
  for (const why of document.querySelectorAll('details[data-x-why]:not([open])')) {
    why.dataset.xPrinted = '1';
    why.open = true;
  }
});
window.addEventListener('afterprint', () => {
  for (const why of document.querySelectorAll('details[data-x-printed]')) {
    delete why.dataset.xPrinted;
    why.open = false;
  }
});
