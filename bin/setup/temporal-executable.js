import { homedir } from 'node:os';
import { join } from 'node:path';
import { isExecutable, onPath } from '../search-path.js';

/** @returns {string} the folder that all checkouts of this user share */
export const cacheFolder = () => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'understudy');

export const cachedTemporal = () => join(cacheFolder(), 'bin', 'temporal');

/** @returns {string | null} the `temporal` CLI that is there already: on the PATH, else in our cache */
export const findTemporal = () => onPath('temporal') ?? (isExecutable(cachedTemporal()) ? cachedTemporal() : null);
