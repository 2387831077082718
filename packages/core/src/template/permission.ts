import { ref } from './intrinsics.ts';
import type { Resource } from './merge.ts';

/** The permission of a service to invoke a function, for one source alone. */
export const mayInvoke = (service: string, source: unknown, id = 'Function'): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: ref(id),
    Principal: service,
    SourceArn: source,
  },
});
