import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

const sizes = {
  'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-params': ['error', 3],
};

const types = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // an async function without await keeps an interface; `void f()` in an arrow is how a promise is let go on purpose
  '@typescript-eslint/require-await': 'off',
};

const noDefaultExport = {
  'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name: a name can be searched for.' }],
};

const noClock = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'The domain is pure: take the time as an argument.' },
    { object: 'Math', property: 'random', message: 'The domain is pure: take the number as an argument.' },
  ],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.understudy/', 'coverage/', '**/*.d.ts', 'tests/site/pages/'] },
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, rules: { ...sizes, 'no-console': 'off' } },
  {
    files: ['{src,temporal,tests,bench,examples}/**/*.ts', '*.config.ts'],
    ignores: ['tests/web/**'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: types,
  },
  {
    files: ['web/**/*.{ts,vue}', 'tests/web/**/*.ts'],
    extends: [...tseslint.configs.recommended, ...vue.configs['flat/recommended']],
    rules: {
      ...sizes,
      '@typescript-eslint/no-explicit-any': 'error',
      // the compiler knows the browser's names
      'no-undef': 'off',
      // Prettier's business
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/no-v-html': 'error',
    },
  },
  {
    files: ['web/**/*.{ts,vue}', 'tests/web/**/*.ts'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
  },
  {
    files: ['src/**/*.ts', 'temporal/**/*.ts', 'bin/**/*.js', 'tests/**/*.ts', 'web/src/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
    rules: noDefaultExport,
  },
  { files: ['src/domain/**/*.ts'], rules: noClock },
  {
    files: ['src/domain/**/*.ts', 'src/workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'Workflow code is replayed: it must not touch the machine.' }] },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/*.main.ts', 'src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only the roots read the environment, through config.ts.' },
      ],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...noClock['no-restricted-properties'].slice(1), { object: 'process', property: 'env' }],
    },
  },
  {
    files: ['bin/**/*.js', 'eslint.config.js', '.dependency-cruiser.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        URL: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        module: 'writable',
      },
    },
  },
  {
    files: ['web/public/*.js'],
    languageOptions: { globals: { document: 'readonly', localStorage: 'readonly', matchMedia: 'readonly', window: 'readonly' } },
  },
  // what runs in a page is handed over as one function, with everything that it needs inside
  { files: ['src/host/capture/guard-*.ts'], rules: { 'max-lines-per-function': ['error', { max: 140 }], complexity: ['error', 16] } },
  // a test file is a list of cases: the whole `describe` is one function; vitest wants a default export of a global set-up
  { files: ['tests/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  // answers of servers are JSON of any shape: what a test expects of them is what it checks
  {
    files: ['tests/**/*.ts'],
    ignores: ['tests/web/**'],
    rules: Object.fromEntries(
      ['assignment', 'member-access', 'return', 'argument', 'call'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off']),
    ),
  },
  // Express tells its error handlers by their four parameters
  { files: ['src/api/problem.ts'], rules: { 'max-params': ['error', 4] } },
  { files: ['tests/support/services.ts', 'tests/support/*bundle*.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
