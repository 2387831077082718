/** CloudTrail records of calls on S3 buckets. */
import { apiCallRecord } from '@patrol/core/testing';

type Fields = Readonly<Record<string, unknown>>;

/** A call on a bucket, in the shape of records today: headers and the query have texts as values. */
export const bucketCallRecord = (
  eventName: string,
  requestParameters: Fields = {},
  fields: Fields = {},
): Fields =>
  apiCallRecord('s3.amazonaws.com', eventName, {
    requestParameters: {
      bucketName: 'photos',
      Host: 'photos.s3.eu-west-1.amazonaws.com',
      ...requestParameters,
    },
    additionalEventData: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: 0,
      AuthenticationMethod: 'AuthHeader',
      bytesTransferredOut: 0,
    },
    resources: [{ accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::photos' }],
    ...fields,
  });

/** The fields of a call on S3 for which permissions were missing. */
export const deniedByS3 = (action: string): Fields => ({
  errorCode: 'AccessDenied',
  errorMessage: `User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ${action} on resource: "arn:aws:s3:::photos" because no identity-based policy allows the ${action} action`,
});
