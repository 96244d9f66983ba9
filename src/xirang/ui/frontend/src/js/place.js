// An address in words with suggestions, and a point on the map for those who want to show the spot. No position is read from the device.
import { make, ready, words } from './core.js';
import { load } from './lazy.js';
import { toast } from './toast.js';

ready('[data-x-place]', (place) => {
  const address = place.querySelector('[data-x-address]');
  const button = place.querySelector('[data-x-place-map]');
  const map = place.querySelector('[data-x-place-box]');
  const point = place.querySelector('[data-x-point]');
  const said = place.querySelector('[data-x-place-said]');
  if (point?.value && said) said.textContent = words.pointSet;
  if (button && map) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      map.hidden = false;
      button.setAttribute('aria-expanded', 'true');
      await load('map');
      map.setAttribute('data-x-open', '');
      map.dispatchEvent(new CustomEvent('x-ready', { bubbles: true }));
    });
  }
  const url = place.dataset.xSuggest;
  if (!url || !address) return;
  const list = make('div', 'x-area-found');
  list.hidden = true;
  address.after(list);
  let timer;
  let told = false;
  address.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = address.value.trim();
      if (text.length < 2) {
        list.hidden = true;
        return;
      }
      try {
        const target = new URL(url, window.location.href);
        target.searchParams.set('q', text);
        const answer = await fetch(target, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        list.replaceChildren(...found.slice(0, 8).map((item) => {
          const choice = make('button', '', item.text);
          choice.type = 'button';
          choice.addEventListener('click', () => {
            address.value = item.text;
            if (point && item.lon !== undefined && item.lon !== null) {
              point.value = `${item.lon},${item.lat}`;
              if (said) said.textContent = words.pointSet;
              place.dispatchEvent(new CustomEvent('x-place-chosen', { detail: item }));
            }
            list.hidden = true;
            address.focus();
          });
          return choice;
        }));
        list.hidden = !found.length;
      } catch (error) {
        if (!told) toast(words.suggestFailed, 'warn');
        told = true;
      }
    }, 300);
  });
  place.addEventListener('keydown', (event) => {
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
  });
  document.addEventListener('click', (event) => {
    if (!place.contains(event.target)) list.hidden = true;
  });
});
