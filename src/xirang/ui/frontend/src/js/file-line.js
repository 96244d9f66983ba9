// One line of the list of files: on its way, there, refused or failed.
import { icon, make, words } from './core.js';

const KILOBYTE = 1024;
const MEGABYTE = 1048576;
const KINDS = [
  [/\.pdf$/i, 'file-earmark-pdf'],
  [/\.(jpe?g|png|gif|webp|heic)$/i, 'file-earmark-image'],
  [/\.(xlsx?|csv)$/i, 'file-earmark-excel'],
];

function sizeOf(bytes) {
  if (bytes >= MEGABYTE) return `${(bytes / MEGABYTE).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / KILOBYTE))} KB`;
}

const iconOf = (name) => (KINDS.find(([pattern]) => pattern.test(name)) || [null, 'file-earmark'])[1];

function mark(symbol) {
  const holder = make('span');
  holder.innerHTML = icon(symbol);
  return holder.firstChild;
}

export class FileLine {
  constructor(list, file) {
    this.file = file;
    this.row = make('li', 'x-file');
    list.append(this.row);
  }

  // The file is there. `token` is the hidden input that stands for it in the form; none where the input holds the file.
  showDone(away, token = null) {
    const size = make('span', 'x-file-size', sizeOf(this.file.size));
    this.show(false, [mark(iconOf(this.file.name)), this.label(), size, this.remove(away)]);
    if (token) this.row.append(token);
  }

  showSending(away) {
    this.meter = make('progress', 'x-meter');
    this.meter.max = 100;
    this.meter.value = 0;
    this.percent = make('span', 'x-meta', '0%');
    this.show(false, [make('span', 'x-spin'), this.label(), this.meter, this.percent, this.remove(away)]);
    // The form waits as long as a line says this.
    this.row.dataset.xSending = '1';
  }

  showPercent(percent) {
    this.meter.value = percent;
    this.percent.textContent = `${percent}%`;
  }

  // `again` sends it once more; null where that would not help.
  showFailed(why, away, again) {
    const parts = [mark('x-circle-fill'), this.label(), make('span', 'x-file-note', why)];
    if (again) parts.push(this.retry(again));
    this.show(true, [...parts, this.remove(away)]);
  }

  showRefused(why) {
    const away = () => this.row.remove();
    this.show(true, [mark('x-circle-fill'), this.label(), make('span', 'x-file-note', why), this.remove(away)]);
  }

  show(isBad, parts) {
    delete this.row.dataset.xSending;
    this.row.classList.toggle('is-bad', isBad);
    this.row.replaceChildren(...parts);
  }

  label() {
    return make('span', 'x-file-name', this.file.name);
  }

  remove(away) {
    const button = this.button(words.remove, '', away);
    button.innerHTML = icon('x-lg', 's');
    return button;
  }

  retry(again) {
    const button = this.button(words.retry, 'x-file-retry', again);
    button.textContent = words.retry;
    return button;
  }

  button(title, className, run) {
    const button = make('button', className);
    button.type = 'button';
    button.setAttribute('aria-label', `${title} ${this.file.name}`);
    button.addEventListener('click', run);
    return button;
  }
}
