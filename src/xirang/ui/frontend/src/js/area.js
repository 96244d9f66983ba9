// The tree of areas: one list per level, children fetched as needed, and a search box; the plain list stays underneath.
import { searchBox } from './area-search.js';
import { make, ready, words } from './core.js';
import { fetchJson } from './json.js';
import { toast } from './toast.js';

let count = 0;

// The way to the chosen area, as the server wrote it: "id:name|id:name".
const stepsOf = (trail) =>
  (trail || '')
    .split('|')
    .filter(Boolean)
    .map((part) => part.split(':'));

function choose(picker, id, name) {
  const { plain } = picker;
  if (![...plain.options].some((option) => option.value === String(id))) plain.add(new Option(name, id));
  plain.value = id;
  plain.dispatchEvent(new Event('change', { bubbles: true }));
}

// Only a leaf may be chosen, unless the field takes any level.
function settle(picker, item) {
  const fits = item && (picker.anyLevel || item.leaf);
  choose(picker, fits ? item.id : '', item ? item.name : '');
}

function cut(picker, depth) {
  while (picker.levels.children.length > depth) picker.levels.lastElementChild.remove();
}

async function childrenOf(picker, parent) {
  try {
    return await fetchJson(picker.childrenUrl, 'parent', parent?.id);
  } catch {
    toast(words.areaFailed, 'bad');
    return [];
  }
}

function selectOf(picker, depth, items) {
  const select = make('select', 'x-input');
  count += 1;
  select.id = `x-area-${count}`;
  select.setAttribute('aria-label', `${picker.title} ${depth + 1}`);
  select.add(new Option(depth && picker.anyLevel ? words.areaAll : words.areaTop, ''));
  for (const item of items) select.add(new Option(item.name, item.id));
  return select;
}

// Shows the children of `parent` as the list number `depth`; returns the one that is picked, null where none is.
async function showLevel(picker, depth, parent, picked) {
  cut(picker, depth);
  const items = await childrenOf(picker, parent);
  if (!items.length) return null;
  // Another answer may have come in meanwhile.
  cut(picker, depth);
  const select = selectOf(picker, depth, items);
  if (picked) select.value = picked;
  select.addEventListener('change', () => {
    const item = items.find((other) => String(other.id) === select.value);
    cut(picker, depth + 1);
    settle(picker, item || parent);
    if (item && !item.leaf) showLevel(picker, depth + 1, item);
  });
  picker.levels.append(select);
  return items.find((item) => String(item.id) === String(picked)) || null;
}

async function walk(picker, steps) {
  let parent = null;
  for (let depth = 0; depth <= steps.length; depth += 1) {
    const item = await showLevel(picker, depth, parent, steps[depth]?.[0]);
    if (!item || item.leaf) break;
    parent = item;
  }
}

ready('[data-x-area]', (box) => {
  const plain = box.querySelector('select');
  const { xChildren: childrenUrl, xSearch: searchUrl, xAny: any, xTrail: trail } = box.dataset;
  if (!childrenUrl) {
    plain.classList.remove('x-area-plain');
    return;
  }
  const title = plain.getAttribute('aria-label') || '';
  const picker = { plain, childrenUrl, title, anyLevel: any === '1', levels: make('div', 'x-area-levels') };
  plain.removeAttribute('id');
  if (searchUrl) {
    const chosen = (item) => {
      choose(picker, item.id, item.path || item.name);
      if (item.trail) walk(picker, item.trail);
    };
    box.append(...searchBox(searchUrl, chosen));
  }
  box.append(picker.levels);
  walk(picker, stepsOf(trail));
});
