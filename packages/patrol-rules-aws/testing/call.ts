/** Records of calls, for tests of rules that look at what was asked for. */
import { apiCallRecord, type Fields } from '@patrol/core/testing';

/** The record of a call that alice made with a request. `fields` replace the usual ones. */
export const call = (
  service: string,
  eventName: string,
  requestParameters: unknown,
  fields: Fields = {},
): unknown =>
  apiCallRecord(`${service}.amazonaws.com`, eventName, { requestParameters, ...fields });
