// Lays a Brotli and a gzip form beside every file that travels smaller in one; the server sends what a browser reads.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

// Text and drawings; photographs are compressed already.
const TEXTS = /\.(css|js|svg|txt)$/;
// Below this a compressed form saves less than the header that announces it costs.
const SMALLEST = 400;

// Done once at build, so both take their time: the smallest form that they can find.
function brotli(content) {
  const { BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_SIZE_HINT]: content.length };
  return zlib.brotliCompressSync(content, { params });
}

const gzip = (content) => zlib.gzipSync(content, { level: zlib.constants.Z_BEST_COMPRESSION });

// Writes the compressed forms of these files and returns their names.
export function compress(folder, names) {
  const written = [];
  for (const name of names.filter((one) => TEXTS.test(one))) {
    const content = fs.readFileSync(path.join(folder, name));
    if (content.length < SMALLEST) continue;
    fs.writeFileSync(path.join(folder, `${name}.br`), brotli(content));
    fs.writeFileSync(path.join(folder, `${name}.gz`), gzip(content));
    written.push(`${name}.br`, `${name}.gz`);
  }
  return written;
}
