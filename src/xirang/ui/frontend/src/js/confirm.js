// A confirm opens as a real modal dialog; without script its button leads to it, and :target shows it all the same.
document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-x-confirm]');
  if (opener) {
    const dialog = document.getElementById(opener.dataset.xConfirm);
    if (!dialog?.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
    const first = dialog.querySelector('.x-dialog-body input:not([type="hidden"]), .x-dialog-body textarea, .x-dialog-body select') || dialog.querySelector('[data-x-dialog-close]');
    first?.focus();
    return;
  }
  const leave = event.target.closest('[data-x-dialog-close]');
  const dialog = leave?.closest('dialog[open]');
  if (dialog) {
    event.preventDefault();
    dialog.close();
  }
  if (event.target.matches('dialog.x-dialog[open]')) {
    // A click on the backdrop reaches the dialog itself; inside its box it is a click on content.
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});
document.addEventListener('keydown', (event) => {
  const opener = event.target.closest?.('a[data-x-confirm], a[data-x-dialog-close]');
  if (opener && event.key === ' ') {
    event.preventDefault();
    opener.click();
  }
});
