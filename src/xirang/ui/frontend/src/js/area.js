// The tree of areas: one list per level, children fetched as needed, and a search box; the plain list stays underneath.
import { make, ready, words } from './core.js';
import { toast } from './toast.js';

let count = 0;

async function fetchJson(url, name, value) {
  const address = new URL(url, window.location.href);
  if (value) address.searchParams.set(name, value);
  const answer = await fetch(address, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

ready('[data-x-area]', (box) => {
  const plain = box.querySelector('select');
  const { xChildren: childrenUrl, xSearch: searchUrl } = box.dataset;
  if (!childrenUrl) {
    plain.classList.remove('x-area-plain');
    return;
  }
  const anyLevel = box.dataset.xAny === '1';
  const levels = make('div', 'x-area-levels');
  const trail = (box.dataset.xTrail || '').split('|').filter(Boolean).map((part) => part.split(':'));
  const title = plain.getAttribute('aria-label') || '';
  plain.removeAttribute('id');

  const choose = (id, name) => {
    let option = [...plain.options].find((other) => other.value === String(id));
    if (!option) {
      option = new Option(name, id);
      plain.add(option);
    }
    plain.value = id;
    plain.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const cut = (depth) => {
    while (levels.children.length > depth) levels.lastElementChild.remove();
  };
  const settle = (item) => choose(item && (anyLevel || item.leaf) ? item.id : '', item ? item.name : '');

  async function level(depth, parent, picked) {
    cut(depth);
    let items;
    try {
      items = await fetchJson(childrenUrl, 'parent', parent?.id);
    } catch (error) {
      toast(words.areaFailed, 'bad');
      return null;
    }
    if (!items.length) return null;
    cut(depth);
    const select = make('select', 'x-input');
    count += 1;
    select.id = `x-area-${count}`;
    select.setAttribute('aria-label', `${title} ${depth + 1}`);
    select.add(new Option(depth && anyLevel ? words.areaAll : words.areaTop, ''));
    for (const item of items) select.add(new Option(item.name, item.id));
    if (picked) select.value = picked;
    select.addEventListener('change', () => {
      const item = items.find((other) => String(other.id) === select.value);
      cut(depth + 1);
      settle(item || parent);
      if (item && !item.leaf) level(depth + 1, item);
    });
    levels.append(select);
    return items.find((item) => String(item.id) === String(picked)) || null;
  }
  async function walk(steps) {
    let parent = null;
    for (let depth = 0; depth <= steps.length; depth += 1) {
      const item = await level(depth, parent, steps[depth]?.[0]);
      if (!item || item.leaf) break;
      parent = item;
    }
  }

  if (searchUrl) {
    const search = make('input', 'x-input');
    search.type = 'search';
    search.placeholder = words.areaSearch;
    search.setAttribute('aria-label', words.areaSearch);
    search.setAttribute('autocomplete', 'off');
    const found = make('div', 'x-area-found');
    found.hidden = true;
    let timer;
    let turn = 0;
    search.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        turn += 1;
        const mine = turn;
        const text = search.value.trim();
        found.hidden = !text;
        if (!text) return;
        let items = [];
        try {
          items = await fetchJson(searchUrl, 'q', text);
        } catch (error) {
          toast(words.areaFailed, 'bad');
        }
        if (mine !== turn) return;
        found.replaceChildren(...items.slice(0, 20).map((item) => {
          const button = make('button', '', item.path || item.name);
          button.type = 'button';
          button.addEventListener('click', () => {
            choose(item.id, item.path || item.name);
            search.value = item.path || item.name;
            found.hidden = true;
            if (item.trail) walk(item.trail);
            search.focus();
          });
          return button;
        }));
        if (!items.length) found.append(make('p', '', words.nothingFound));
      }, 250);
    });
    search.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' && !found.hidden) {
        event.preventDefault();
        found.querySelector('button')?.focus();
      } else if (event.key === 'Escape') found.hidden = true;
      else if (event.key === 'Enter' && !found.hidden) {
        event.preventDefault();
        found.querySelector('button')?.click();
      }
    });
    found.addEventListener('keydown', (event) => {
      const move = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
      if (move) {
        event.preventDefault();
        (event.target[move] || search).focus();
      } else if (event.key === 'Escape') {
        found.hidden = true;
        search.focus();
      }
    });
    box.append(search, found);
  }
  box.append(levels);
  walk(trail);
});
