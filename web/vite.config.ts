import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// Focus is the same ring everywhere; the theme's own would be a paler one.
const ring = 'outline-(--run) outline-offset-2 focus-visible:outline-2';
const rings = [{ class: ring }];
// A field must be found by its border (WCAG 1.4.11, 3:1), so it has a stronger one than a button.
const field = {
  variants: { variant: { outline: 'ring-(--field)' } },
  compoundVariants: rings,
  defaultVariants: { size: 'sm', color: 'neutral' },
} as const;
const api = process.env['UNDERSTUDY_API'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [
    vue(),
    ui({
      autoImport: false, // imports are written down: a reader can follow them
      dts: true,
      colorMode: true,
      components: { dirs: [] }, // only Nuxt UI's own; ours are imported by hand
      // Icons come from @iconify-json/lucide at build time. Nothing is fetched at run time.
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] } } },
      // Theme CSS only for the components that are used.
      experimental: { componentDetection: true },
      ui: {
        colors: { primary: 'blue', secondary: 'violet', success: 'green', info: 'blue', warning: 'amber', error: 'red', neutral: 'zinc' },
        button: {
          slots: { base: 'font-medium cursor-pointer transition-colors duration-100' },
          defaultVariants: { size: 'sm', color: 'neutral' },
          compoundVariants: [{ color: 'neutral', variant: 'outline', class: 'bg-raised ring-accented hover:bg-elevated' }, ...rings],
        },
        input: { ...field },
        textarea: { ...field },
        select: { ...field },
        toast: { compoundVariants: [{ class: { root: ring } }] },
        tooltip: { slots: { content: 'bg-inverted text-inverted ring-0 text-xs' } },
      },
    }),
  ],
  // No data: fonts, so that font-src 'self' holds.
  build: { target: 'es2023', assetsInlineLimit: 0, outDir: '../dist/web', emptyOutDir: true, manifest: true },
  server: { proxy: { '/api': api, '/healthz': api } },
});
