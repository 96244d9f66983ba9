// What styles must keep to: stylelint's standard rules, and no form of speech that Chromium 91 lacks.
export default {
  extends: ['stylelint-config-standard-scss'],
  reportNeedlessDisables: true,
  rules: {
    // Chromium 91 reads (max-width: …), not (width <= …).
    'media-feature-range-notation': 'prefix',
    // Safari on telephones knows it only by this name.
    'property-no-vendor-prefix': [true, { ignoreProperties: ['text-size-adjust'] }],
    // Names of fonts are proper names.
    'value-keyword-case': ['lower', { camelCaseSvgKeywords: true, ignoreKeywords: ['Roboto', 'Arial', 'Consolas'] }],
    // Blank lines part groups of rules; they stand where the author has set them.
    'rule-empty-line-before': null,
    'at-rule-empty-line-before': null,
    'custom-property-empty-line-before': null,
    'max-nesting-depth': 2,
    'selector-max-id': 0,
    'unit-disallowed-list': ['dvh', 'svh', 'lvh', 'cqw', 'cqh'],
    'function-disallowed-list': ['color-mix', 'oklch', 'oklab', 'light-dark'],
    'at-rule-disallowed-list': ['container', 'layer', 'extend'],
    'selector-pseudo-class-disallowed-list': ['has'],
  },
};
