import type { Numbers } from './rows.js';

/** What the figures have to be at most; those that are not here are only shown. */
export const wanted: Numbers = {
  'create 3+3, requests 0 ms: times the path': 1.05,
  'create 3+3, requests 200 ms, an order 1 s: times the path': 1.1,
  'create 3+3: requests per node': 8,
  'create 3+97, requests 0 ms: times the path': 1.05,
  'create 3+97, requests 200 ms, an order 1 s: times the path': 1.1,
  'create 3+97: requests per node': 2,
  'scale −50 ÷ −1, empty nodes': 1.3,
  'scale −50: processes': 120,
  'scale −50: requests': 170,
  'scale −50: processes at once': 4,
  'status at 100 nodes: processes': 4,
  'status at 100 nodes: requests': 8,
  'status at 100 nodes as they are unless told: processes': 4,
  'status at 100 nodes as they are unless told: requests': 8,
  'destroy of 100 nodes: requests per node': 1.3,
  'control planes 3→5: seconds': 115,
  'an image, requests 0 ms: times its path': 1.1,
  'an image, requests 200 ms, an order 1 s: times its path': 1.1,
  'create 3+97 with 360 requests left: times that with all': 1.3,
};
