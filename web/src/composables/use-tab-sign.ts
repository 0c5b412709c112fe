import { onScopeDispose, watchEffect, type Ref } from 'vue';
import { signs, type Tone } from '../status/vocabulary.ts';

/** The tab's title, and with a tone its icon and a sign before the title: "✕ Failed · Order supplies". */
export function useTabSign(about: Ref<{ title: string; tone?: Tone; word?: string }>): void {
  watchEffect(() => {
    const { title, tone, word } = about.value;
    document.title = `${tone && word ? `${signs[tone]} ${word} · ` : ''}${title} · Understudy`;
    setIcon(tone ? `/favicon-${tone}.svg` : '/favicon.svg');
  });
  onScopeDispose(() => setIcon('/favicon.svg'));
}

function setIcon(href: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}
