// What every module shares: run code for elements now and after each swap, words in two languages, icons.
export const root = document.documentElement;
export const lang = root.lang === 'en' ? 'en' : 'zh';
export const isPhone = () => window.matchMedia('(max-width: 767px)').matches;
export const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content || '';
export const csrf = () => document.querySelector('input[name="csrfmiddlewaretoken"]')?.value || meta('csrf-token');

const zh = {
  datePlain: '年-月-日',
  pick: '请选择，可以打字找',
  nothingFound: '没有找到，换个词试试',
  point: '位置',
  pointSet: '已在地图上点出位置',
  busy: '正在办',
  retry: '重试',
  close: '关闭',
  remove: '移除',
  reload: '刷新',
  failed: '没取到。您选的条件还在。',
  offline: '没取到：网络中断。您选的条件还在。',
  notSaved: '没办成：网络中断。您填的内容还在。',
  refused: '没办成。',
  signedOut: '登录已过期，请重新登录。',
  slow: '太久没有应答。您填的内容还在。',
  picked: (n, unit) => `已选 ${n} ${unit}`,
  able: (n, unit, word) => `${n} ${unit}可${word}`,
  bulk: (word, n, unit) => `${word} ${n} ${unit}`,
  left: (n) => `还可写 ${n} 字`,
  over: (n) => `多了 ${n} 字`,
  draftSaved: (time) => `草稿已存 ${time}`,
  draftFailed: '没存上：这台设备的存储满了。请先提交或复制内容。',
  draftFound: (time) => `已带回您 ${time} 的草稿`,
  draftDrop: '不要草稿',
  fileTooBig: (mb) => `超过 ${mb} MB，请压缩后再传`,
  fileKind: (kinds) => `只收 ${kinds}`,
  filesTooMany: (n) => `最多 ${n} 个文件`,
  fileEmpty: '文件是空的',
  fileFailed: '没传上：网络中断',
  fileWaiting: '附件还在传，传完再提交。',
  fileStopped: '已停止',
  dropHere: '点此选择，或拖到这里',
  dropNow: '松开就上传',
  areaSearch: '打字找街道、社区或网格',
  areaTop: '请选择',
  areaAll: '（就选这一级）',
  areaFailed: '下一级没取到，请重选一次。',
  suggestFailed: '地址提示没取到，可以直接填写。',
};
const en = {
  datePlain: 'yyyy-mm-dd',
  pick: 'Choose, or type to find',
  nothingFound: 'Nothing found. Try another word.',
  point: 'Position',
  pointSet: 'Position set on the map',
  busy: 'Working',
  retry: 'Retry',
  close: 'Close',
  remove: 'Remove',
  reload: 'Reload',
  failed: 'Not loaded. Your choices are still here.',
  offline: 'Not loaded: the network is down. Your choices are still here.',
  notSaved: 'Not done: the network is down. What you filled in is still here.',
  refused: 'Not done.',
  signedOut: 'Your session has ended. Please sign in again.',
  slow: 'No answer for too long. What you filled in is still here.',
  picked: (n) => `${n} selected`,
  able: (n, unit, word) => `${n} can: ${word}`,
  bulk: (word, n) => `${word} (${n})`,
  left: (n) => `${n} characters left`,
  over: (n) => `${n} characters too many`,
  draftSaved: (time) => `Draft saved ${time}`,
  draftFailed: 'Draft not saved: storage on this device is full. Please submit or copy your text.',
  draftFound: (time) => `Your draft of ${time} is back`,
  draftDrop: 'Discard draft',
  fileTooBig: (mb) => `Larger than ${mb} MB`,
  fileKind: (kinds) => `Only ${kinds}`,
  filesTooMany: (n) => `At most ${n} files`,
  fileEmpty: 'The file is empty',
  fileFailed: 'Not uploaded: the network is down',
  fileWaiting: 'Files are still on their way. Please submit when they are done.',
  fileStopped: 'Stopped',
  dropHere: 'Click to choose, or drop here',
  dropNow: 'Release to upload',
  areaSearch: 'Type to find a street, community or grid',
  areaTop: 'Choose',
  areaAll: '(this level)',
  areaFailed: 'The next level did not load. Please choose again.',
  suggestFailed: 'No suggestions now; you can type the address.',
};
export const words = lang === 'en' ? en : zh;

// Runs `set` once per element, on the page and on whatever htmx brings in later.
export function ready(selector, set) {
  const seen = new WeakSet();
  const run = (scope) => {
    const found = scope.matches?.(selector) ? [scope] : [];
    for (const element of [...found, ...scope.querySelectorAll(selector)]) {
      if (!seen.has(element)) {
        seen.add(element);
        set(element);
      }
    }
  };
  const start = () => run(document);
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
  document.addEventListener('htmx:load', (event) => run(event.detail.elt));
  document.addEventListener('x-ready', (event) => run(event.target));
}

// The markup of an icon of the sprite; `size` is '' for the plain one, 's' or 'l'.
export function icon(name, size = '') {
  const sized = size ? ` x-icon-${size}` : '';
  return `<svg class="x-icon${sized}" aria-hidden="true"><use href="${meta('x-icons')}#${name}"/></svg>`;
}

// Builds an element; text goes in as text, so nothing a user typed can become markup.
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export const clock = (date) => `${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`;
