import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The exported report: one module for the server with its styles as text. Nuxt UI has no part in it, and nothing else is left to be resolved at run time. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  plugins: [vue(), tailwindcss()],
  ssr: { noExternal: true },
  build: {
    ssr: 'src/report-export.ts',
    target: 'node20',
    outDir: '../dist/report',
    emptyOutDir: true,
    minify: false,
    rollupOptions: { output: { entryFileNames: 'render.js' } },
  },
});
