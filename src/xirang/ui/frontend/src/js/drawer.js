// A row opens its summary in a drawer that docks beside the list. On a phone the row's own page opens instead.
import { isPhone, make } from './core.js';

const drawerOf = () => document.getElementById('x-drawer');
const listOf = (drawer) => drawer.closest('.x-list') || drawer.parentElement;
const openRow = () => document.querySelector('tr.is-open[data-x-row]');
const openInAddress = () => new URLSearchParams(window.location.search).get('open') || '';

// The open row stands in the address: a reload or a link finds it again, and going back closes it first.
function write(id, isNew) {
  if (openInAddress() === id) return;
  const url = new URL(window.location.href);
  if (id) url.searchParams.set('open', id);
  else url.searchParams.delete('open');
  if (isNew) window.history.pushState({ drawer: true }, '', url);
  else window.history.replaceState(window.history.state, '', url);
}

function mark(row) {
  openRow()?.classList.remove('is-open');
  row?.classList.add('is-open');
  row?.scrollIntoView({ block: 'nearest' });
}

function hide() {
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

export function closeDrawer() {
  if (!hide()) return false;
  if (window.history.state?.drawer) window.history.back();
  else write('', false);
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
  if (row) {
    mark(row);
    write(row.dataset.xRow, drawer.hidden);
  }
  if (drawer.hidden) {
    drawer.hidden = false;
    listOf(drawer).classList.add('has-drawer');
    const wait = make('div', 'x-drawer-body');
    wait.setAttribute('aria-busy', 'true');
    for (const size of ['mid', 'long', 'long', 'mid']) wait.append(make('span', `x-skeleton x-skeleton-${size}`));
    drawer.replaceChildren(wait);
  }
});

function openFromAddress() {
  const id = openInAddress();
  const row = id && document.querySelector(`tr[data-x-row="${CSS.escape(id)}"] .x-row-link`);
  if (row) row.click();
  else hide();
}
window.addEventListener('popstate', () => {
  if (drawerOf()) openFromAddress();
});

// A page that was opened with a row's address. The row itself may have moved to another page of the list.
window.addEventListener('load', () => {
  const drawer = drawerOf();
  if (!drawer?.dataset.xOpened || isPhone()) return;
  openFromAddress();
  if (drawer.hidden) window.htmx.ajax('GET', drawer.dataset.xOpened, { target: '#x-drawer', swap: 'innerHTML' });
});
