// Gathers the licences of every library that ends up in the built files, as their texts oblige whoever hands them on.
import fs from 'node:fs';
import path from 'node:path';

const NOTICE = /^(licen[cs]e|copying|notice|copyright)/i;

// The package's folder of a file below node_modules: its name, or its scope and name; empty for a file of ours.
function packageOf(file) {
  const parts = file.split(/[\\/]/);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return '';
  return parts.slice(at + 1, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/');
}

// Every notice of a package by its file name, those in its folder of licences too.
function notices(folder) {
  const found = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => NOTICE.test(entry.name));
  const files = found.flatMap((entry) =>
    entry.isDirectory()
      ? fs.readdirSync(path.join(folder, entry.name)).map((name) => path.join(entry.name, name))
      : [entry.name],
  );
  return files.sort().map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8').trim()]);
}

// The text of all licences: `files` are the sources that were bundled, `apache` is the text of the Apache licence, for
// a library that names this licence but forgot to enclose it. A library without any licence text stops the build.
export function licencesOf(files, modules, apache) {
  const names = [...new Set(files.map(packageOf))].filter(Boolean).sort();
  const chapters = names.map((name) => {
    const folder = path.join(modules, ...name.split('/'));
    const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const texts = notices(folder);
    if (!texts.length && about.license === 'Apache-2.0') texts.push(['LICENSE', apache.trim()]);
    if (!texts.length) {
      throw new Error(`${name} (${about.license}) brings no licence text, so it must not be handed on`);
    }
    const head = `${'='.repeat(80)}\n${name} ${about.version}\nLicense: ${about.license}\n${'='.repeat(80)}`;
    return [head, ...texts.map(([file, text]) => `--- ${file}\n\n${text}`)].join('\n\n');
  });
  const opening = 'The scripts, styles and icons of Xirang hold the following libraries, each under its own licence.';
  return `${opening}\n\n${names.map((name) => `  ${name}`).join('\n')}\n\n${chapters.join('\n\n')}\n`;
}
