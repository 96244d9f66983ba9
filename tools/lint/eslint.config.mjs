// What scripts must keep to: small functions with one job each, nothing unused, no word that Chromium 91 lacks.
import js from '@eslint/js';

const RULES = {
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', 4],
  'max-nested-callbacks': ['error', 3],
  curly: ['error', 'multi-line'],
  eqeqeq: 'error',
  'no-nested-ternary': 'error',
  'no-shadow': 'error',
  'no-undef': 'error',
  'no-unused-vars': 'error',
  'no-use-before-define': ['error', { functions: false, classes: true, variables: true }],
  'no-var': 'error',
  'prefer-const': 'error',
  'prefer-template': 'error',
};

// What the bundler cannot translate for Chromium 91, because it is a method and not a form of speech.
const LATER_METHODS = ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced'];

const names = (list, value = 'readonly') => Object.fromEntries(list.split(' ').map((name) => [name, value]));
const BROWSER = names(
  'CSS CustomEvent DataTransfer DOMParser Event FormData Option Promise URL URLSearchParams XMLHttpRequest ' +
    'clearTimeout document fetch localStorage navigator requestAnimationFrame sessionStorage setTimeout window',
);
const NODE = names('console performance process');

export default [
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, rules: RULES },
  {
    files: ['src/xirang/**/frontend/**/*.js'],
    languageOptions: { ecmaVersion: 2021, sourceType: 'module', globals: BROWSER },
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `CallExpression[callee.property.name=/^(${LATER_METHODS.join('|')})$/]`,
          message: 'Chromium 91 does not have this method.',
        },
      ],
      'no-restricted-globals': ['error', 'structuredClone'],
      'no-restricted-properties': ['error', { object: 'Object', property: 'hasOwn' }],
    },
  },
  { files: ['**/*.mjs'], languageOptions: { ecmaVersion: 2022, sourceType: 'module', globals: NODE } },
];
