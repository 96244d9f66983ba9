// A row opens its summary in a drawer that docks beside the list. On a phone the row's own page opens instead.
import { isPhone, make } from './core.js';

const drawerOf = () => document.getElementById('x-drawer');
const listOf = (drawer) => drawer.closest('.x-list') || drawer.parentElement;
const openRow = () => document.querySelector('tr.is-open[data-x-row]');

function mark(row) {
  openRow()?.classList.remove('is-open');
  row?.classList.add('is-open');
  row?.scrollIntoView({ block: 'nearest' });
}

export function closeDrawer() {
  const drawer = drawerOf();
  if (!drawer || drawer.hidden) return false;
  drawer.hidden = true;
  drawer.replaceChildren();
  listOf(drawer).classList.remove('has-drawer');
  const row = openRow();
  mark(null);
  row?.querySelector('.x-row-link')?.focus({ preventScroll: true });
  return true;
}

// Moves by one row; with the drawer open it opens the neighbour, else it only moves the focus.
export function step(from, by) {
  const rows = [...document.querySelectorAll('tr[data-x-row]')];
  const next = rows[rows.indexOf(from) + by];
  const link = next?.querySelector('.x-row-link');
  if (!link) return false;
  link.focus();
  next.scrollIntoView({ block: 'nearest' });
  if (drawerOf() && !drawerOf().hidden && link.hasAttribute('data-x-open')) link.click();
  return true;
}
export const currentRow = () => document.activeElement?.closest('tr[data-x-row]') || openRow();

document.addEventListener(
  'click',
  (event) => {
    const link = event.target.closest('a[data-x-open]');
    const aside = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button;
    // A new tab, or a phone, gets the page behind the link; htmx must not see the click.
    if (link && (aside || isPhone() || !drawerOf())) event.stopPropagation();
  },
  true,
);

document.addEventListener('click', (event) => {
  const at = event.target;
  if (at.closest('[data-x-drawer-close]')) {
    event.preventDefault();
    closeDrawer();
  } else if (at.closest('[data-x-drawer-previous]')) step(openRow(), -1);
  else if (at.closest('[data-x-drawer-next]')) step(openRow(), 1);
  else if (
    !at.closest('a, button, input, label, select, summary, textarea') &&
    at.closest('tr.is-openable') &&
    !String(window.getSelection())
  ) {
    at.closest('tr').querySelector('.x-row-link')?.click();
  }
});

document.addEventListener('htmx:beforeRequest', (event) => {
  const drawer = drawerOf();
  if (!drawer || event.detail.target !== drawer) return;
  const row = event.detail.elt.closest?.('tr[data-x-row]');
  if (row) mark(row);
  if (drawer.hidden) {
    drawer.hidden = false;
    listOf(drawer).classList.add('has-drawer');
    const wait = make('div', 'x-drawer-body');
    wait.setAttribute('aria-busy', 'true');
    for (const size of ['mid', 'long', 'long', 'mid']) wait.append(make('span', `x-skeleton x-skeleton-${size}`));
    drawer.replaceChildren(wait);
  }
});
