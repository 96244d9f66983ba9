// Keys: / goes to the search, ↑ ↓ walk the rows, Esc closes what is open.
import { closeDrawer, currentRow, step } from './drawer.js';
import { closeWhy } from './why.js';

// Where keys belong to what the reader types or moves in.
const TAKES_KEYS = [
  'input:not([type="checkbox"]):not([type="radio"])',
  'textarea',
  'select',
  '[contenteditable]',
  '.ts-control',
  '.flatpickr-calendar',
  'dialog[open]',
  'details[data-x-menu][open]',
].join(',');
const typing = (element) => element?.closest(TAKES_KEYS);

function goToSearch(event) {
  const search = document.querySelector('[data-x-search]') || document.querySelector('[role="search"] input');
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function walkRows(event, by) {
  const row = currentRow();
  if (row && step(row, by)) event.preventDefault();
}

// An open dialog closes itself.
function closeWhatIsOpen(event) {
  if (document.querySelector('dialog[open]')) return;
  if (closeWhy() || closeDrawer()) event.preventDefault();
}

const KEYS = {
  '/': goToSearch,
  ArrowDown: (event) => walkRows(event, 1),
  ArrowUp: (event) => walkRows(event, -1),
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') closeWhatIsOpen(event);
  else if (!typing(event.target)) KEYS[event.key]?.(event);
});
