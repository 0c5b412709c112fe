// Before the first paint, so that a dark page never flashes white. A file of its own, because the content security policy refuses inline scripts.
try {
  const mode = localStorage.getItem('vueuse-color-scheme') || 'auto';
  const dark = mode === 'dark' || (mode === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.add(dark ? 'dark' : 'light');
} catch {
  /* no storage: the light theme */
}
