// A confirm opens as a real modal dialog; without script its button leads to it, and :target shows it all the same.
const FIRST_FIELD = ['input:not([type="hidden"])', 'textarea', 'select']
  .map((one) => `.x-dialog-body ${one}`)
  .join(',');

function open(event, opener) {
  const dialog = document.getElementById(opener.dataset.xConfirm);
  // With Ctrl the reader wants the confirm's own page in a new tab.
  if (!dialog?.showModal || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
  (dialog.querySelector(FIRST_FIELD) || dialog.querySelector('[data-x-dialog-close]'))?.focus();
}

function closeByButton(event) {
  const dialog = event.target.closest('[data-x-dialog-close]')?.closest('dialog[open]');
  if (!dialog) return;
  event.preventDefault();
  dialog.close();
}

// A click on the backdrop reaches the dialog itself; inside its box it is a click on content.
function closeByBackdrop(event) {
  const dialog = event.target;
  if (!dialog.matches('dialog.x-dialog[open]')) return;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const across = event.clientX >= left && event.clientX <= right;
  const down = event.clientY >= top && event.clientY <= bottom;
  if (!(across && down)) dialog.close();
}

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-x-confirm]');
  if (opener) {
    open(event, opener);
    return;
  }
  closeByButton(event);
  closeByBackdrop(event);
});
// A link that opens a dialog acts as a button, so the space bar must press it.
document.addEventListener('keydown', (event) => {
  const opener = event.target.closest?.('a[data-x-confirm], a[data-x-dialog-close]');
  if (opener && event.key === ' ') {
    event.preventDefault();
    opener.click();
  }
});
