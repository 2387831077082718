/** What records of EC2 have in common. */
import type { Call, Fields } from '@patrol/core';

/** What was asked for. EC2 writes the requests of its newer calls into an element of their own: `DeleteFlowLogsRequest`. */
export function requestOf({ name, request }: Pick<Call, 'name' | 'request'>): Fields {
  const own = `${name}Request`;
  return request.has(own) ? request.at(own) : request;
}
