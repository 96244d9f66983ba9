// The search box over the tree of areas: what is typed finds areas at any depth, and keys walk what was found.
import { make, words } from './core.js';
import { fetchJson } from './json.js';
import { toast } from './toast.js';

const PAUSE = 250; // Milliseconds without a key before we ask.
const MOST = 20;

function inputBox() {
  const search = make('input', 'x-input');
  search.type = 'search';
  search.placeholder = words.areaSearch;
  search.setAttribute('aria-label', words.areaSearch);
  search.setAttribute('autocomplete', 'off');
  return search;
}

async function areasNamed(url, text) {
  try {
    return await fetchJson(url, 'q', text);
  } catch {
    toast(words.areaFailed, 'bad');
    return [];
  }
}

function choiceOf(item, choose) {
  const button = make('button', '', item.path || item.name);
  button.type = 'button';
  button.addEventListener('click', () => choose(item));
  return button;
}

function show(found, items, choose) {
  found.replaceChildren(...items.slice(0, MOST).map((item) => choiceOf(item, choose)));
  if (!items.length) found.append(make('p', '', words.nothingFound));
}

function keysInSearch(search, found) {
  search.addEventListener('keydown', (event) => {
    if (found.hidden) return;
    if (event.key === 'Escape') found.hidden = true;
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    const first = found.querySelector('button');
    if (event.key === 'Enter') first?.click();
    else first?.focus();
  });
}

function keysInFound(search, found) {
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
}

// The box and the list under it; `chosen` is called with the area that the reader takes.
export function searchBox(url, chosen) {
  const search = inputBox();
  const found = make('div', 'x-area-found');
  found.hidden = true;
  let timer;
  let turn = 0;
  const choose = (item) => {
    chosen(item);
    search.value = item.path || item.name;
    found.hidden = true;
    search.focus();
  };
  const find = async () => {
    turn += 1;
    const mine = turn;
    const text = search.value.trim();
    found.hidden = !text;
    if (!text) return;
    const items = await areasNamed(url, text);
    // A slow answer to an earlier word must not replace the answer to a later one.
    if (mine === turn) show(found, items, choose);
  };
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE);
  });
  keysInSearch(search, found);
  keysInFound(search, found);
  return [search, found];
}
