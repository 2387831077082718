import { ref } from './intrinsics.ts';
import type { Resource } from './merge.ts';

/** The permission of a service to invoke the function, for one source alone. */
export const mayInvoke = (service: string, source: unknown): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: ref('Function'),
    Principal: service,
    SourceArn: source,
  },
});
