import { nextTick } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import JobsPage from './pages/JobsPage.vue';

/** The Jobs page is the first thing people see, so it comes with the first load; every other page is fetched on demand. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/jobs' },
    { path: '/jobs', component: JobsPage },
    { path: '/jobs/:id', component: () => import('./pages/JobPage.vue'), props: true },
    { path: '/jobs/:id/trace/:artifactId', component: () => import('./pages/TracePage.vue'), props: true },
    { path: '/approvals', component: () => import('./pages/ApprovalsPage.vue') },
    { path: '/runbooks', component: () => import('./pages/RunbooksPage.vue') },
    { path: '/runbooks/new', component: () => import('./pages/RunbookPage.vue') },
    { path: '/runbooks/:id', component: () => import('./pages/RunbookPage.vue'), props: true },
    { path: '/:rest(.*)*', component: () => import('./pages/NotFoundPage.vue') },
  ],
});

/** Who goes on by keyboard or by ear begins at the new page, not at the end of the old one. Not on the first page: nobody left anything there. */
router.afterEach((to, from) => {
  if (from.matched.length > 0 && to.path !== from.path)
    void nextTick(() => document.getElementById('main')?.focus({ preventScroll: true }));
});
