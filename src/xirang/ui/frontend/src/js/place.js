// An address in words with suggestions, and a point on the map for those who want to show the spot.
// No position is read from the device.
import { make, ready, words } from './core.js';
import { fetchJson } from './json.js';
import { load } from './lazy.js';
import { toast } from './toast.js';

const PAUSE = 300; // Milliseconds without a key before we ask.
const SHORTEST = 2;
const MOST = 8;

function watchMapButton(button, map) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    map.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    await load('map');
    map.setAttribute('data-x-open', '');
    map.dispatchEvent(new CustomEvent('x-ready', { bubbles: true }));
  });
}

function sayPoint(place) {
  const said = place.querySelector('[data-x-place-said]');
  if (said) said.textContent = words.pointSet;
}

function take(field, item) {
  const { place, address, list } = field;
  const point = place.querySelector('[data-x-point]');
  address.value = item.text;
  if (point && item.lon !== undefined && item.lon !== null) {
    point.value = `${item.lon},${item.lat}`;
    sayPoint(place);
    place.dispatchEvent(new CustomEvent('x-place-chosen', { detail: item }));
  }
  list.hidden = true;
  address.focus();
}

function choiceOf(field, item) {
  const choice = make('button', '', item.text);
  choice.type = 'button';
  choice.addEventListener('click', () => take(field, item));
  return choice;
}

async function suggest(field) {
  const text = field.address.value.trim();
  if (text.length < SHORTEST) {
    field.list.hidden = true;
    return;
  }
  try {
    const found = await fetchJson(field.url, 'q', text);
    field.list.replaceChildren(...found.slice(0, MOST).map((item) => choiceOf(field, item)));
    field.list.hidden = !found.length;
  } catch {
    // Said once: the address can be typed all the same.
    if (!field.told) toast(words.suggestFailed, 'warn');
    field.told = true;
  }
}

function walkList(event, { list, address }) {
  if (list.hidden) return;
  if (event.key === 'Escape') {
    list.hidden = true;
    address.focus();
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const all = [...list.querySelectorAll('button')];
    const next = all[all.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
    (next || address).focus();
  }
}

function watchAddress(place, address, url) {
  const list = make('div', 'x-area-found');
  list.hidden = true;
  address.after(list);
  const field = { place, address, url, list, told: false };
  let timer;
  address.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(field), PAUSE);
  });
  place.addEventListener('keydown', (event) => walkList(event, field));
  document.addEventListener('click', (event) => {
    if (!place.contains(event.target)) list.hidden = true;
  });
}

ready('[data-x-place]', (place) => {
  const address = place.querySelector('[data-x-address]');
  const button = place.querySelector('[data-x-place-map]');
  const map = place.querySelector('[data-x-place-box]');
  if (place.querySelector('[data-x-point]')?.value) sayPoint(place);
  if (button && map) watchMapButton(button, map);
  if (place.dataset.xSuggest && address) watchAddress(place, address, place.dataset.xSuggest);
});
