/** What was announced to patrolHealth, from the Parameter Store. */
import { paginateGetParameterHistory, SSMClient } from '@aws-sdk/client-ssm';
import { announcementName } from '@patrol/core/contracts';
import type { HealthPorts, Written } from '../seen.ts';
import { ask, connection } from './ask.ts';

/** The last hundred announcements, with who wrote them. */
export const announcements: HealthPorts['announcements'] = async () => {
  const answer = await ask('ssm:GetParameterHistory', announcementName, async () => {
    const client = new SSMClient(connection);
    const written: Written[] = [];
    const pages = paginateGetParameterHistory({ client }, { Name: announcementName });
    for await (const { Parameters = [] } of pages) {
      for (const { Value: text = '', LastModifiedUser: by = '', LastModifiedDate } of Parameters) {
        written.push({ by, at: LastModifiedDate?.getTime() ?? 0, text });
      }
    }
    return written;
  });
  // Nothing was announced yet.
  return 'value' in answer || !answer.isMissing ? answer : { value: [] };
};
