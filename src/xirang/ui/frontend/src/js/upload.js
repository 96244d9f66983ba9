// Files: chosen or dropped, checked before sending, sent one by one with progress, and each can be tried again.
import { csrf, icon, make, ready, words } from './core.js';
import { toast } from './toast.js';

const size = (bytes) => (bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
const kindIcon = (name) => (/\.pdf$/i.test(name) ? 'file-earmark-pdf' : /\.(jpe?g|png|gif|webp|heic)$/i.test(name) ? 'file-earmark-image' : /\.(xlsx?|csv)$/i.test(name) ? 'file-earmark-excel' : 'file-earmark');

ready('[data-x-upload]', (box) => {
  const input = box.querySelector('input[type="file"]');
  const drop = box.querySelector('.x-drop');
  const list = box.querySelector('[data-x-files]');
  if (!input || !list) return;
  const { xUpload: url, xName: name, xAccept: accept } = box.dataset;
  const max = Number(box.dataset.xMax) || Infinity;
  const most = input.multiple ? Number(box.dataset.xMaxFiles) || 1 : 1;
  const text = box.querySelector('[data-x-drop-text]');
  let kept = [];

  const problem = (file) => {
    if (!file.size) return words.fileEmpty;
    if (file.size > max) return words.fileTooBig(Math.floor(max / 1048576));
    if (accept) {
      const kinds = accept.split(',').map((kind) => kind.trim().toLowerCase());
      const fits = kinds.some((kind) => (kind.startsWith('.') ? file.name.toLowerCase().endsWith(kind) : kind.endsWith('/*') ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind));
      if (!fits) return words.fileKind(kinds.join(' '));
    }
    return '';
  };
  // Without an address to send to, the files stay in the input and travel with the form.
  const keep = () => {
    const hold = new DataTransfer();
    for (const file of kept) hold.items.add(file);
    input.files = hold.files;
  };
  const line = (file) => {
    const row = make('li', 'x-file');
    const show = (...parts) => row.replaceChildren(...parts);
    const mark = (symbol) => {
      const holder = make('span');
      holder.innerHTML = icon(symbol);
      return holder.firstChild;
    };
    const act = (title, className, symbol, run) => {
      const button = make('button', className, symbol ? undefined : title);
      button.type = 'button';
      button.setAttribute('aria-label', `${title} ${file.name}`);
      if (symbol) button.innerHTML = icon(symbol, 's');
      button.addEventListener('click', run);
      return button;
    };
    const gone = () => {
      kept = kept.filter((other) => other !== file);
      row.remove();
      if (!url) keep();
      input.focus();
    };
    list.append(row);
    return { row, show, mark, act, gone, label: () => make('span', 'x-file-name', file.name) };
  };

  const refuse = (file, why) => {
    const view = line(file);
    view.row.classList.add('is-bad');
    view.show(view.mark('x-circle-fill'), view.label(), make('span', 'x-file-note', why), view.act(words.remove, '', 'x-lg', () => view.row.remove()));
  };
  const done = (view, file, token) => {
    const parts = [view.mark(kindIcon(file.name)), view.label(), make('span', 'x-file-size', size(file.size)), view.act(words.remove, '', 'x-lg', view.gone)];
    if (token) {
      const hidden = make('input');
      hidden.type = 'hidden';
      hidden.name = `${name}_tokens`;
      hidden.value = token;
      parts.push(hidden);
    }
    view.row.classList.remove('is-bad');
    view.show(...parts);
  };
  const send = (view, file) => {
    const request = new XMLHttpRequest();
    const meter = make('progress', 'x-meter');
    meter.max = 100;
    meter.value = 0;
    const percent = make('span', 'x-meta', '0%');
    view.row.classList.remove('is-bad');
    view.row.dataset.xSending = '1';
    view.show(make('span', 'x-spin'), view.label(), meter, percent, view.act(words.remove, '', 'x-lg', () => {
      request.abort();
      view.gone();
    }));
    const fail = (why, again) => {
      delete view.row.dataset.xSending;
      view.row.classList.add('is-bad');
      const parts = [view.mark('x-circle-fill'), view.label(), make('span', 'x-file-note', why)];
      if (again) parts.push(view.act(words.retry, 'x-file-retry', '', () => send(view, file)));
      view.show(...parts, view.act(words.remove, '', 'x-lg', view.gone));
    };
    request.upload.addEventListener('progress', (event) => {
      if (!event.lengthComputable) return;
      meter.value = Math.round((event.loaded / event.total) * 100);
      percent.textContent = `${meter.value}%`;
    });
    request.addEventListener('load', () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch (error) {
        answer = {};
      }
      if (request.status < 300 && answer.token) {
        delete view.row.dataset.xSending;
        done(view, file, answer.token);
      } else fail(answer.error?.message || answer.error || words.fileFailed, request.status >= 500 || request.status === 0);
    });
    request.addEventListener('error', () => fail(words.fileFailed, true));
    request.addEventListener('timeout', () => fail(words.fileFailed, true));
    request.open('POST', url);
    request.timeout = 300000;
    request.setRequestHeader('X-CSRFToken', csrf());
    request.setRequestHeader('Accept', 'application/json');
    const data = new FormData();
    data.append('file', file);
    request.send(data);
  };

  const take = (files) => {
    for (const file of files) {
      if (most === 1) {
        list.replaceChildren();
        kept = [];
      }
      const why = problem(file);
      if (why) refuse(file, why);
      else if (kept.length >= most) toast(words.filesTooMany(most), 'warn');
      else {
        kept.push(file);
        const view = line(file);
        if (url) send(view, file);
        else done(view, file);
      }
    }
    if (url) input.value = '';
    else keep();
  };
  input.addEventListener('change', () => take([...input.files]));
  const over = (event, on) => {
    event.preventDefault();
    drop.classList.toggle('is-over', on);
    if (text) text.textContent = on ? words.dropNow : words.dropHere;
  };
  drop.addEventListener('dragover', (event) => over(event, true));
  drop.addEventListener('dragleave', (event) => over(event, false));
  drop.addEventListener('drop', (event) => {
    over(event, false);
    take([...event.dataTransfer.files]);
  });
  if (url) input.removeAttribute('name');
});

// A form must not leave while one of its files is still on the way.
document.addEventListener('submit', (event) => {
  if (event.target.querySelector('[data-x-sending]')) {
    event.preventDefault();
    event.stopImmediatePropagation();
    toast(words.fileWaiting, 'warn');
  }
}, true);
