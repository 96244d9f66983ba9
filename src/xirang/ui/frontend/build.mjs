// Builds every stylesheet, script and the icon sprite of Xirang into static/ui with hashed names and a manifest.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import * as sass from 'sass';
import { licencesOf } from './licences.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'node_modules');
const out = path.resolve(process.env.XIRANG_UI_OUT || path.join(here, '..', 'static', 'ui'));
const engines = path.resolve(here, '..', '..', 'engines');
const licences = 'third-party-licences.txt';
const started = performance.now();

// Office computers run Chromium 91: a bundle holding one of these words would break there, so the build refuses it.
const FORBIDDEN = ['color-mix(', 'oklch(', ':has(', '@container', '@layer', 'dvh', 'structuredClone', 'Object.hasOwn', '.at('];

// An engine may bring pages that need their own look: engines/<engine>/frontend/<name>.js or .scss becomes <engine>-<name>.
function entries() {
  const found = {};
  const own = path.join(here, 'src');
  for (const file of fs.readdirSync(own)) {
    if (/\.(js|scss)$/.test(file)) found[file.replace(/\.scss$/, '.css')] = path.join(own, file);
  }
  for (const engine of fs.existsSync(engines) ? fs.readdirSync(engines) : []) {
    const folder = path.join(engines, engine, 'frontend');
    if (!fs.existsSync(folder)) continue;
    for (const file of fs.readdirSync(folder)) {
      if (/\.(js|scss)$/.test(file) && !file.startsWith('_')) {
        found[`${engine}-${file.replace(/\.scss$/, '.css')}`] = path.join(folder, file);
      }
    }
  }
  return found;
}

// What sass has read, which esbuild does not see.
const sheets = new Set();

const styles = {
  name: 'styles',
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, (args) => {
      const compiled = sass.compile(args.path, {
        loadPaths: [modules, path.join(here, 'src', 'scss')],
        quietDeps: true,
        silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
      });
      for (const url of compiled.loadedUrls) if (url.protocol === 'file:') sheets.add(fileURLToPath(url));
      return { contents: compiled.css, loader: 'css', resolveDir: path.dirname(args.path) };
    });
    // tom-select paints one hover shade with color-mix, which Chromium 91 drops together with the whole declaration.
    build.onLoad({ filter: /tom-select.*\.css$/ }, (args) => ({
      contents: fs.readFileSync(args.path, 'utf8').replace(/color-mix\((?:[^()]|\([^()]*\))*\)/g, '#eef1f5'),
      loader: 'css',
    }));
  },
};

function sprite() {
  const names = JSON.parse(fs.readFileSync(path.join(here, 'src', 'icons.json'), 'utf8'));
  const symbols = names.map((name) => {
    const file = path.join(modules, 'bootstrap-icons', 'icons', `${name}.svg`);
    if (!fs.existsSync(file)) throw new Error(`src/icons.json names "${name}", which bootstrap-icons does not have`);
    const inner = fs.readFileSync(file, 'utf8').replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '');
    return `<symbol id="${name}" viewBox="0 0 16 16">${inner.replace(/\s*\n\s*/g, '')}</symbol>`;
  });
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
  const file = `icons-${createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()}.svg`;
  fs.writeFileSync(path.join(out, file), text);
  return [file, names];
}

const found = entries();
fs.mkdirSync(out, { recursive: true });
const result = await esbuild.build({
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
  plugins: [styles],
});

const manifest = {};
const kept = new Set(['manifest.json']);
for (const [file, about] of Object.entries(result.metafile.outputs)) {
  const name = path.basename(file);
  kept.add(name);
  if (about.entryPoint) {
    const entry = Object.keys(found).find((key) => path.resolve(found[key]) === path.resolve(about.entryPoint));
    if (entry && path.extname(entry) === path.extname(name)) manifest[entry] = name;
  }
}
const [icons, names] = sprite();
manifest['icons.svg'] = icons;
kept.add(icons);
const mark = fs.readFileSync(path.join(here, 'src', 'img', 'mark.svg'));
const markName = `mark-${createHash('sha256').update(mark).digest('hex').slice(0, 8).toUpperCase()}.svg`;
fs.writeFileSync(path.join(out, markName), mark);
manifest['mark.svg'] = markName;
kept.add(markName);

const bundled = [...Object.keys(result.metafile.inputs), ...sheets, path.join(modules, 'bootstrap-icons', 'icons')];
const apache = fs.readFileSync(path.resolve(here, '..', '..', '..', '..', 'LICENSE'), 'utf8');
fs.writeFileSync(path.join(out, licences), licencesOf(bundled, modules, apache));
kept.add(licences);

const broken = [];
for (const name of kept) {
  if (!/\.(css|js)$/.test(name)) continue;
  const text = fs.readFileSync(path.join(out, name), 'utf8');
  for (const word of FORBIDDEN) if (text.includes(word)) broken.push(`${name} contains "${word}"`);
}
if (broken.length) {
  fs.rmSync(path.join(out, 'manifest.json'), { force: true });
  console.error(`The build is refused, Chromium 91 cannot run it:\n  ${broken.join('\n  ')}`);
  process.exit(1);
}
fs.writeFileSync(path.join(out, 'manifest.json'), `${JSON.stringify({ files: manifest, icons: names }, null, 1)}\n`);
for (const name of fs.readdirSync(out)) if (!kept.has(name)) fs.rmSync(path.join(out, name), { recursive: true });

for (const [entry, name] of Object.entries(manifest)) {
  console.log(entry.padEnd(20), name.padEnd(28), `${(fs.statSync(path.join(out, name)).size / 1024).toFixed(1)} KB`);
}
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
