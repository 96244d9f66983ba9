// How styles and scripts are laid out; the width is the one that Python has.
export default {
  printWidth: 120,
  singleQuote: true,
  overrides: [{ files: '*.scss', options: { singleQuote: false } }],
};
