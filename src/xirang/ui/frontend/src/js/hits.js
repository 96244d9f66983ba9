// Hits of the search: ↓ leads from the box to the first one, ↑ and ↓ walk from one to the next, also across groups.
const links = () => [...document.querySelectorAll('[data-x-hit] .x-hit-title')];
const held = (event) => event.ctrlKey || event.metaKey || event.altKey;
const plain = (event) => !(event.defaultPrevented || held(event) || event.isComposing);

document.addEventListener('keydown', (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const box = event.target.closest('.x-search-box input');
  if (!by || (box && by < 0) || !plain(event) || !(box || event.target.closest('[data-x-hit]'))) return;
  const all = links();
  // From the box only ↓ leads anywhere; the place before the first hit is the box.
  const next = all[all.indexOf(event.target) + by];
  if (next) {
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
});
