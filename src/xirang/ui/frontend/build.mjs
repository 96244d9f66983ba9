// Builds every stylesheet, script and the icon sprite of Xirang into static/ui with hashed names and a manifest.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import * as sass from 'sass';
import { compress } from './compress.mjs';
import { licencesOf } from './licences.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const out = path.resolve(process.env.XIRANG_UI_OUT || path.join(here, '..', 'static', 'ui'));
const engines = path.resolve(here, '..', '..', 'engines');
const LICENCES = 'third-party-licences.txt';

// Office computers run Chromium 91: a bundle holding one of these words would break there, so the build refuses it.
const FORBIDDEN = [
  'color-mix(',
  'oklch(',
  ':has(',
  '@container',
  '@layer',
  'dvh',
  'structuredClone',
  'Object.hasOwn',
  '.at(',
];

const isEntry = (name) => /\.(js|scss)$/.test(name) && !name.startsWith('_');

// An engine may bring pages that need their own look: engines/<engine>/frontend/<name>.js or .scss becomes
// <engine>-<name>. The sources by the names of what they become.
function entries() {
  const places = [['', path.join(here, 'src')]];
  for (const engine of fs.existsSync(engines) ? fs.readdirSync(engines) : []) {
    places.push([`${engine}-`, path.join(engines, engine, 'frontend')]);
  }
  const found = {};
  for (const [prefix, folder] of places.filter(([, one]) => fs.existsSync(one))) {
    for (const name of fs.readdirSync(folder).filter(isEntry)) {
      found[prefix + name.replace(/\.scss$/, '.css')] = path.join(folder, name);
    }
  }
  return found;
}

// How esbuild reads our styles; `sheets` gathers what sass has read, which esbuild does not see.
function stylesPlugin(sheets) {
  const compile = (args) => {
    const compiled = sass.compile(args.path, {
      loadPaths: [modules, path.join(here, 'src', 'scss')],
      quietDeps: true,
      silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
    });
    for (const url of compiled.loadedUrls) if (url.protocol === 'file:') sheets.add(fileURLToPath(url));
    return { contents: compiled.css, loader: 'css', resolveDir: path.dirname(args.path) };
  };
  // tom-select paints one hover shade with color-mix, which Chromium 91 drops together with the whole declaration.
  const withoutColorMix = (args) => ({
    contents: fs.readFileSync(args.path, 'utf8').replace(/color-mix\((?:[^()]|\([^()]*\))*\)/g, '#eef1f5'),
    loader: 'css',
  });
  return {
    name: 'styles',
    setup(build) {
      build.onLoad({ filter: /\.scss$/ }, compile);
      build.onLoad({ filter: /tom-select.*\.css$/ }, withoutColorMix);
    },
  };
}

function bundle(found, sheets) {
  return esbuild.build({
    entryPoints: Object.entries(found).map(([name, file]) => ({ in: file, out: name.replace(/\.(js|css)$/, '') })),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'chrome90',
    outdir: out,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.png': 'file', '.svg': 'file', '.gif': 'file' },
    nodePaths: [modules],
    legalComments: 'none',
    metafile: true,
    charset: 'utf8',
    logLevel: 'error',
    plugins: [stylesPlugin(sheets)],
  });
}

// The names of the built files by the names of their entries.
function namesOf(outputs, found) {
  const names = {};
  for (const [file, about] of Object.entries(outputs).filter(([, one]) => one.entryPoint)) {
    const entry = Object.keys(found).find((key) => path.resolve(found[key]) === path.resolve(about.entryPoint));
    if (entry && path.extname(entry) === path.extname(file)) names[entry] = path.basename(file);
  }
  return names;
}

function symbolOf(name) {
  const file = path.join(modules, 'bootstrap-icons', 'icons', `${name}.svg`);
  if (!fs.existsSync(file)) throw new Error(`src/icons.json names "${name}", which bootstrap-icons does not have`);
  const inner = fs
    .readFileSync(file, 'utf8')
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '');
  return `<symbol id="${name}" viewBox="0 0 16 16">${inner.replace(/\s*\n\s*/g, '')}</symbol>`;
}

const spriteOf = (icons) => `<svg xmlns="http://www.w3.org/2000/svg">${icons.map(symbolOf).join('')}</svg>`;

// Writes a picture under a name that changes with its contents, and returns this name.
function writeHashed(stem, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase();
  const name = `${stem}-${hash}.svg`;
  fs.writeFileSync(path.join(out, name), content);
  return name;
}

function writeLicences(inputs) {
  const apache = fs.readFileSync(path.resolve(here, '..', '..', '..', '..', 'LICENSE'), 'utf8');
  fs.writeFileSync(path.join(out, LICENCES), licencesOf(inputs, modules, apache));
}

function refuseWhatChromium91Lacks(names) {
  const broken = [];
  for (const name of names.filter((one) => /\.(css|js)$/.test(one))) {
    const text = fs.readFileSync(path.join(out, name), 'utf8');
    for (const word of FORBIDDEN) if (text.includes(word)) broken.push(`${name} contains "${word}"`);
  }
  if (!broken.length) return;
  fs.rmSync(path.join(out, 'manifest.json'), { force: true });
  console.error(`The build is refused, Chromium 91 cannot run it:\n  ${broken.join('\n  ')}`);
  process.exit(1);
}

function tell(files, started) {
  const kilobytes = (name) => `${(fs.statSync(path.join(out, name)).size / 1024).toFixed(1)} KB`;
  for (const [entry, name] of Object.entries(files)) {
    const packed = fs.existsSync(path.join(out, `${name}.br`)) ? `${kilobytes(`${name}.br`)} br` : '';
    console.log(entry.padEnd(20), name.padEnd(28), kilobytes(name).padStart(9), packed.padStart(12));
  }
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function buildAll() {
  const started = performance.now();
  const found = entries();
  const icons = JSON.parse(fs.readFileSync(path.join(here, 'src', 'icons.json'), 'utf8'));
  const sheets = new Set();
  fs.mkdirSync(out, { recursive: true });
  const { inputs, outputs } = (await bundle(found, sheets)).metafile;
  const files = namesOf(outputs, found);
  files['icons.svg'] = writeHashed('icons', spriteOf(icons));
  files['mark.svg'] = writeHashed('mark', fs.readFileSync(path.join(here, 'src', 'img', 'mark.svg')));
  writeLicences([...Object.keys(inputs), ...sheets, path.join(modules, 'bootstrap-icons', 'icons')]);
  const built = Object.keys(outputs).map((file) => path.basename(file));
  const served = [...new Set([...built, ...Object.values(files), LICENCES])];
  refuseWhatChromium91Lacks(served);
  const kept = new Set([...served, ...compress(out, served), 'manifest.json']);
  fs.writeFileSync(path.join(out, 'manifest.json'), `${JSON.stringify({ files, icons }, null, 1)}\n`);
  for (const name of fs.readdirSync(out)) if (!kept.has(name)) fs.rmSync(path.join(out, name), { recursive: true });
  tell(files, started);
}

await buildAll();
