// Keys: / goes to the search, ↑ ↓ walk the rows, Esc closes what is open.
import { closeDrawer, currentRow, step } from './drawer.js';
import { closeWhy } from './why.js';

const typing = (element) => element?.closest('input:not([type="checkbox"]):not([type="radio"]), textarea, select, [contenteditable], .ts-control, .flatpickr-calendar, dialog[open], details[data-x-menu][open]');

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === 'Escape') {
    if (document.querySelector('dialog[open]')) return;
    if (closeWhy() || closeDrawer()) event.preventDefault();
    return;
  }
  if (typing(event.target)) return;
  if (event.key === '/') {
    const search = document.querySelector('[data-x-search]') || document.querySelector('[role="search"] input');
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const row = currentRow();
    if (row && step(row, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
  }
});
