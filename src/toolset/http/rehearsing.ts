import { endTrial } from '../trial-end.ts';
import type { HttpClient } from './client.ts';

/** The same client for a way back that is tried: GET is sent, and anything else ends the trial unsent. */
export const rehearsing = (http: HttpClient): HttpClient => ({
  ask: async (request, signal) => (request.method === 'GET' ? http.ask(request, signal) : endTrial()),
});
