// Files: chosen or dropped, checked before sending, sent one by one with progress, and each can be tried again.
import { make, ready, words } from './core.js';
import { problemOf, sendFile } from './sending.js';
import { toast } from './toast.js';
import { FileLine } from './file-line.js';

// Without an address to send to, the files stay in the input and travel with the form.
function keepInInput(upload) {
  if (upload.url) return;
  const hold = new DataTransfer();
  for (const file of upload.kept) hold.items.add(file);
  upload.input.files = hold.files;
}

function forget(upload, line) {
  upload.kept = upload.kept.filter((other) => other !== line.file);
  line.row.remove();
  keepInInput(upload);
  upload.input.focus();
}

function hiddenToken(upload, token) {
  const hidden = make('input');
  hidden.type = 'hidden';
  hidden.name = `${upload.name}_tokens`;
  hidden.value = token;
  return hidden;
}

function send(upload, line) {
  const away = () => forget(upload, line);
  const request = sendFile(line.file, upload.url, {
    progress: (percent) => line.showPercent(percent),
    done: (token) => line.showDone(away, hiddenToken(upload, token)),
    failed: (why, again) => line.showFailed(why, away, again ? () => send(upload, line) : null),
  });
  line.showSending(() => {
    request.abort();
    away();
  });
}

function add(upload, file) {
  upload.kept.push(file);
  const line = new FileLine(upload.list, file);
  if (upload.url) send(upload, line);
  else line.showDone(() => forget(upload, line));
}

function take(upload, files) {
  for (const file of files) {
    if (upload.most === 1) {
      upload.list.replaceChildren();
      upload.kept = [];
    }
    const why = problemOf(file, upload.max, upload.accept);
    if (why) new FileLine(upload.list, file).showRefused(why);
    else if (upload.kept.length >= upload.most) toast(words.filesTooMany(upload.most), 'warn');
    else add(upload, file);
  }
  if (upload.url) upload.input.value = '';
  else keepInInput(upload);
}

function watchDrop(upload, drop, text) {
  const over = (event, on) => {
    event.preventDefault();
    drop.classList.toggle('is-over', on);
    if (text) text.textContent = on ? words.dropNow : words.dropHere;
  };
  drop.addEventListener('dragover', (event) => over(event, true));
  drop.addEventListener('dragleave', (event) => over(event, false));
  drop.addEventListener('drop', (event) => {
    over(event, false);
    take(upload, [...event.dataTransfer.files]);
  });
}

ready('[data-x-upload]', (box) => {
  const input = box.querySelector('input[type="file"]');
  const list = box.querySelector('[data-x-files]');
  if (!input || !list) return;
  const { xUpload: url, xName: name, xAccept: accept, xMax: max, xMaxFiles: maxFiles } = box.dataset;
  const most = input.multiple ? Number(maxFiles) || 1 : 1;
  const upload = { input, list, url, name, accept, most, max: Number(max) || Infinity, kept: [] };
  input.addEventListener('change', () => take(upload, [...input.files]));
  watchDrop(upload, box.querySelector('.x-drop'), box.querySelector('[data-x-drop-text]'));
  // The files have gone by themselves; the form carries only their tokens.
  if (url) input.removeAttribute('name');
});

// A form must not leave while one of its files is still on the way.
document.addEventListener(
  'submit',
  (event) => {
    if (!event.target.querySelector('[data-x-sending]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(words.fileWaiting, 'warn');
  },
  true,
);
